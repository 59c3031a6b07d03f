package io.coordination;

import io.coordination.internal.Checks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The default coordinator: opened at first use, replaced only after it was closed.
 *
 * <p>Connecting and closing happen outside the lock. Callers that arrive while one of them connects share its result, success
 * or failure, so that a cluster that is down costs everybody one request timeout, not one each. A close that arrives meanwhile
 * abandons the opening: what comes out of it is closed at once.
 */
final class DefaultCoordinatorHolder {
    private static final Logger log = LoggerFactory.getLogger(DefaultCoordinatorHolder.class);

    private final Function<CoordinatorOptions, Coordinator> connector;
    private final Supplier<EnvironmentOptions.Loaded> environment;
    private final Consumer<Runnable> shutdownHooks;
    private final Duration shutdownBound;

    private final ReentrantLock lock =
            new ReentrantLock(); // guards all fields below; never held while connecting or closing
    private volatile @Nullable Coordinator current; // written under the lock, read without it
    private boolean installed; // the present or last coordinator is not ours: never closed, never replaced by itself
    private EnvironmentOptions.@Nullable Loaded settings; // configured, or what the last coordinator was opened with
    private EnvironmentOptions.@Nullable Loaded announced;
    private @Nullable Opening opening;
    private boolean hooked;
    private boolean shuttingDown;

    DefaultCoordinatorHolder(
            Function<CoordinatorOptions, Coordinator> connector,
            Supplier<EnvironmentOptions.Loaded> environment,
            Consumer<Runnable> shutdownHooks,
            Duration shutdownBound) {
        this.connector = connector;
        this.environment = environment;
        this.shutdownHooks = shutdownHooks;
        this.shutdownBound = shutdownBound;
    }

    Coordinator coordinator() {
        Coordinator open = open();
        if (open != null) {
            return open;
        }
        Opening mine = new Opening(Thread.currentThread());
        Opening joined;
        lock.lock();
        try {
            open = open();
            if (open != null) {
                return open;
            }
            checkMayOpen();
            joined = opening == null ? mine : opening;
            opening = joined;
        } finally {
            lock.unlock();
        }
        if (joined == mine) {
            run(mine);
        }
        return joined.result();
    }

    private @Nullable Coordinator open() {
        Coordinator candidate = current;
        return candidate == null || candidate.state() == ConnectionState.CLOSED ? null : candidate;
    }

    private void checkMayOpen() {
        if (shuttingDown) {
            throw new CoordinationClosedException(
                    "The JVM is shutting down: no default coordinator is opened any more");
        }
        if (installed) {
            throw new CoordinationClosedException(
                    "The installed coordinator was closed: call Coordination.install or Coordination.configure first");
        }
    }

    private void run(Opening mine) {
        try {
            EnvironmentOptions.Loaded chosen = chosenSettings();
            announce(chosen);
            addShutdownHook();
            Coordinator opened = connector.apply(chosen.options());
            if (publish(mine, opened, chosen)) {
                mine.succeed(opened);
            } else {
                mine.fail(new CoordinationClosedException(
                        "The default coordinator was closed while it was being opened: call again to open a new one"));
                opened.close();
            }
        } catch (CoordinationException e) {
            mine.fail(e);
        } catch (RuntimeException | Error e) {
            mine.fail(CoordinationException.of(
                    ErrorCode.INTERNAL_ERROR, "The default coordinator could not be opened; the cause says why", e));
            if (e instanceof VirtualMachineError fatal) {
                throw fatal;
            }
        } finally {
            forget(mine);
        }
    }

    private boolean publish(Opening mine, Coordinator opened, EnvironmentOptions.Loaded chosen) {
        lock.lock();
        try {
            if (opening != mine) {
                return false; // abandoned by close or by the shutdown
            }
            opening = null;
            current = opened;
            settings = chosen;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Opening mine) {
        lock.lock();
        try {
            if (opening == mine) {
                opening = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private EnvironmentOptions.Loaded chosenSettings() {
        lock.lock();
        try {
            if (settings != null) {
                return settings;
            }
        } finally {
            lock.unlock();
        }
        return environment.get();
    }

    private void announce(EnvironmentOptions.Loaded chosen) {
        lock.lock();
        try {
            if (chosen.equals(announced)) {
                return;
            }
            announced = chosen;
        } finally {
            lock.unlock();
        }
        log.atInfo()
                .addKeyValue("endpoints", chosen.options().endpoints())
                .addKeyValue("namespace", chosen.options().namespace())
                .addKeyValue("source", chosen.endpointsSource())
                .log("Opening the default coordinator");
    }

    void configure(CoordinatorOptions options) {
        Checks.notNull("options", options);
        lock.lock();
        try {
            checkNoneOpen("configure");
            settings = new EnvironmentOptions.Loaded(options, "Coordination.configure");
            installed = false;
            current = null;
        } finally {
            lock.unlock();
        }
    }

    void install(Coordinator coordinator) {
        Checks.notNull("coordinator", coordinator);
        if (coordinator.state() == ConnectionState.CLOSED) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE, "The coordinator to install is closed: install an open one");
        }
        lock.lock();
        try {
            if (installed && current == coordinator) {
                return;
            }
            checkNoneOpen("install");
            current = coordinator;
            installed = true;
        } finally {
            lock.unlock();
        }
    }

    private void checkNoneOpen(String method) {
        if (opening != null || open() != null) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE,
                    "Coordination." + method
                            + " is not possible while a default coordinator is open: call it before the first"
                            + " use, or after Coordination.close()");
        }
    }

    void close() {
        take(false).ifPresent(Coordinator::close);
    }

    /** Ends the use of the present coordinator and answers with it when it is ours to close. */
    private Optional<Coordinator> take(boolean shutdown) {
        lock.lock();
        try {
            opening = null;
            shuttingDown |= shutdown;
            Coordinator taken = current;
            if (installed) {
                current = shutdown ? taken : null;
                return Optional.empty();
            }
            current = null;
            return Optional.ofNullable(taken);
        } finally {
            lock.unlock();
        }
    }

    private void addShutdownHook() {
        lock.lock();
        try {
            if (hooked) {
                return;
            }
            hooked = true;
        } finally {
            lock.unlock();
        }
        try {
            shutdownHooks.accept(this::shutDown);
        } catch (IllegalStateException alreadyShuttingDown) {
            take(true);
            throw new CoordinationClosedException(
                    "The JVM is shutting down: no default coordinator is opened any more", alreadyShuttingDown);
        }
    }

    private void shutDown() {
        take(true).ifPresent(this::closeWithinBound);
    }

    private void closeWithinBound(Coordinator coordinator) {
        Thread closer = new Thread(coordinator::close, "coordination-shutdown-close");
        closer.setDaemon(true);
        closer.start();
        try {
            closer.join(shutdownBound.toMillis());
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
