package io.coordination.tests.consistency;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Keeps the expected warnings of a run off the console, and takes every error that we log for a broken promise. */
final class LogWatch implements AutoCloseable {

    private final List<Logger> loggers =
            Stream.of("coordination", "io.coordination").map(LogWatch::logger).toList();
    private final Errors errors;

    LogWatch(Findings findings) {
        errors = new Errors(findings);
        errors.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
        errors.start();
        loggers.forEach(logger -> {
            logger.setLevel(Level.ERROR);
            logger.addAppender(errors);
        });
    }

    private static Logger logger(String name) {
        return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(name);
    }

    @Override
    public void close() {
        loggers.forEach(logger -> {
            logger.detachAppender(errors);
            logger.setLevel(null);
        });
    }

    private static final class Errors extends AppenderBase<ILoggingEvent> {

        private final Findings findings;

        Errors(Findings findings) {
            this.findings = findings;
        }

        @Override
        protected void append(ILoggingEvent event) {
            findings.broken(
                    "logged as an error: %s %s %s",
                    event.getFormattedMessage(),
                    event.getKeyValuePairs(),
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    }
}
