package io.coordination.lock.internal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** The warnings of the coordinator's logger while a test runs. */
final class LogLines implements AutoCloseable {

    private final Logger log = (Logger) LoggerFactory.getLogger("coordination");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    LogLines() {
        lines.start();
        log.addAppender(lines);
    }

    List<String> warnings() {
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(line -> line.getFormattedMessage() + " " + line.getKeyValuePairs())
                .toList();
    }

    @Override
    public void close() {
        log.detachAppender(lines);
    }
}
