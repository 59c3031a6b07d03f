package io.coordination.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes one thing after the other within one limit of time, whatever fails on the way and whoever interrupts. What a dead
 * server does not confirm in time ends with its TTL.
 */
final class Shutdown {

    private static final Logger log = LoggerFactory.getLogger("coordination");
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final long until;

    Shutdown(Duration requestTimeout) {
        Duration limit = requestTimeout.compareTo(LIMIT) < 0 ? requestTimeout : LIMIT;
        this.until = System.nanoTime() + limit.toNanos();
    }

    void step(String what, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).addKeyValue("step", what).log("A step of closing failed");
        }
    }

    void await(String what, CompletableFuture<Void> end) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    end.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            log.atWarn().setCause(e.getCause()).addKeyValue("step", what).log("A step of closing failed");
        } catch (TimeoutException e) {
            log.atInfo().addKeyValue("step", what).log("The server did not confirm in time; it ends with its TTL");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
