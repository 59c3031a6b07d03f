package io.coordination.memory;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The log lines of one class while a test runs. */
final class LogLines implements AutoCloseable {

    private final Logger log;
    private final Level levelBefore; // null: inherited
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    LogLines(Class<?> of) {
        log = (Logger) LoggerFactory.getLogger(of);
        levelBefore = log.getLevel();
        log.setLevel(Level.TRACE);
        lines.start();
        log.addAppender(lines);
    }

    List<String> warnings() {
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(line -> line.getFormattedMessage() + " " + line.getKeyValuePairs())
                .toList();
    }

    /** Everything, as text. */
    String all() {
        return lines.list.stream()
                .map(line ->
                        line.getFormattedMessage() + " " + line.getKeyValuePairs() + " " + line.getThrowableProxy())
                .toList()
                .toString();
    }

    @Override
    public void close() {
        log.detachAppender(lines);
        log.setLevel(levelBefore);
    }
}
