package io.coordination.store;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls of others' code that must not take down what comes after them. */
public final class Isolated {

    private static final Logger log = LoggerFactory.getLogger(Isolated.class);

    private Isolated() {}

    /**
     * Runs a task; what it throws is logged.
     *
     * @param failed the constant message for the log
     */
    public static void run(String failed, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).log(failed);
        }
    }
}
