package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.Checks;
import io.coordination.lock.watchdog.RenewalSchedule;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.store.ListenerCalls;
import io.coordination.store.ListenerQueue;
import io.coordination.store.ListenerTarget;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a user wants to hear of a watchdog, and the strategy that he gave it, called one after the other on his threads. */
final class WatchdogCallbacks implements ListenerTarget<WatchdogCallbacks.Look> {

    private final WatchdogConfig config;
    private final HoldWatchdog watchdog;
    private final ListenerQueue<Look> queue;

    /**
     * What came of a look.
     *
     * @param error what was wrong, or null after a success
     * @param last whether no look follows
     */
    record Look(@Nullable CoordinationException error, boolean last) {}

    private WatchdogCallbacks(WatchdogConfig config, HoldWatchdog watchdog, ListenerCalls calls) {
        this.config = config;
        this.watchdog = watchdog;
        this.queue = new ListenerQueue<>(calls, this, () -> {});
    }

    /** Nothing when there is nobody to call. */
    static Optional<WatchdogCallbacks> of(WatchdogConfig config, HoldWatchdog watchdog, ListenerCalls calls) {
        boolean wanted = config.onSuccess().isPresent()
                || config.onFailure().isPresent()
                || config.schedule().isPresent();
        return wanted ? Optional.of(new WatchdogCallbacks(config, watchdog, calls)) : Optional.empty();
    }

    void deliver(@Nullable CoordinationException error, boolean last) {
        queue.deliver(new Look(error, last));
    }

    /** After this returned no call begins. */
    void close() {
        queue.close();
    }

    @Override
    public String subject() {
        return watchdog.lockKey();
    }

    @Override
    public Class<?> listenerClass() {
        Object listener = config.onFailure()
                .<Object>map(any -> any)
                .or(() -> config.onSuccess().map(any -> any))
                .or(() -> config.schedule().map(any -> any))
                .orElse(this);
        return listener.getClass();
    }

    @Override
    public void tell(Look look) {
        if (!look.last()) {
            config.schedule().ifPresent(this::ask);
        }
        CoordinationException error = look.error();
        if (error == null) {
            config.onSuccess().ifPresent(Runnable::run);
        } else {
            config.onFailure().ifPresent(listener -> listener.accept(error));
        }
    }

    private void ask(RenewalSchedule schedule) {
        try {
            watchdog.adapt(
                    Checks.notNull("the interval of the schedule", schedule.next(watchdog.status(), watchdog.ttl())));
        } catch (RuntimeException | Error e) {
            CoordinationException error = CoordinationException.of(
                    ErrorCode.VALIDATION_ERROR,
                    "the schedule of the watchdog of lock '" + watchdog.lockKey() + "' failed, so that it stops",
                    e);
            watchdog.stopAfter(error);
            config.onFailure().ifPresent(listener -> listener.accept(error));
        }
    }

    @Override
    public Look merge(Look earlier, Look later) {
        return later;
    }
}
