package io.coordination.store;

import io.coordination.Watch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Brings events to one listener of a user: in order, one at a time, on the callback executor. A listener that throws is
 * logged and goes on hearing; a slow one delays nobody but itself. Thread-safe.
 *
 * <p>At most 1,000 events wait. When there are more, they become one, {@linkplain ListenerTarget#merge merged} until the
 * listener is free: it skips states in between, never the last one. That is logged once, and the {@linkplain
 * io.coordination.Instrumentation.Listeners#overtaken instrumentation} hears how many events were skipped.
 *
 * <p>It is at the same time the {@link Watch} that the user holds: after {@link #close()} returned, no call of the
 * listener begins. It does not wait for one that is running, so that listeners may close their own and each other's watches.
 *
 * @param <E> the type of the events
 */
public final class ListenerQueue<E> implements Watch {

    private static final Logger log = LoggerFactory.getLogger(ListenerQueue.class);

    /** A call that takes longer is worth a line in the log. */
    private static final Duration LONG_CALL = Duration.ofSeconds(10);

    private final ListenerCalls calls;
    private final ListenerTarget<E> target;
    private final Runnable onClose;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);

    private final ReentrantLock lock = new ReentrantLock(); // guards the fields below; not held while calling out
    private final ListenerBacklog<E> backlog;
    private boolean draining;

    private enum Phase {
        IDLE,
        CALLING,
        CLOSED
    }

    /**
     * A queue to one listener.
     *
     * @param calls the threads that user code runs on, and who observes them
     * @param target the listener
     * @param onClose runs once, when the user closes the watch
     */
    public ListenerQueue(ListenerCalls calls, ListenerTarget<E> target, Runnable onClose) {
        this.calls = calls;
        this.target = target;
        this.onClose = onClose;
        this.backlog = new ListenerBacklog<>(target);
    }

    /** Hands an event over; returns at once. Events after the close are dropped. */
    public void deliver(E event) {
        deliver(List.of(event));
    }

    /** Hands over events that belong together: when the listener is too slow, none of them is told without the others. */
    public void deliver(List<E> events) {
        boolean overtaken = false;
        boolean start;
        lock.lock();
        try {
            if (isClosed() || events.isEmpty()) {
                return;
            }
            for (E event : events) {
                overtaken |= backlog.add(event);
            }
            start = !draining;
            draining = true;
        } finally {
            lock.unlock();
        }
        if (overtaken) {
            line().log("A listener is too slow to hear of each change and will be told the newest state instead");
        }
        if (start) {
            start();
        }
    }

    /** How many events wait; never more than 1,000. */
    public int waiting() {
        lock.lock();
        try {
            return backlog.size();
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        try {
            calls.threads().execute(this::drain);
        } catch (RejectedExecutionException e) {
            line().setCause(e).log("The callback executor refuses work, the listener hears of it with the next event");
            lock.lock();
            try {
                draining = false;
            } finally {
                lock.unlock();
            }
        }
    }

    private void drain() {
        for (ListenerBacklog.Next<E> next = take(); next != null; next = take()) {
            call(next);
        }
    }

    private ListenerBacklog.@Nullable Next<E> take() {
        lock.lock();
        try {
            ListenerBacklog.Next<E> next = backlog.take();
            draining = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void call(ListenerBacklog.Next<E> next) {
        // The step to CALLING is what makes close() strict: a call either began before it, or never begins.
        if (!phase.compareAndSet(Phase.IDLE, Phase.CALLING)) {
            return;
        }
        if (next.skipped() > 0) {
            calls.overtaken(next.skipped());
        }
        TimeSource.Timer alarm = calls.time().schedule(LONG_CALL, () -> line().log("A listener's call takes long"));
        try {
            target.tell(next.event());
        } catch (RuntimeException | Error e) {
            line().setCause(e).log("A listener failed");
            calls.failed();
        } finally {
            alarm.cancel();
            phase.compareAndSet(Phase.CALLING, Phase.IDLE);
        }
    }

    private LoggingEventBuilder line() {
        return log.atWarn()
                .addKeyValue("watch", target.subject())
                .addKeyValue("listener", target.listenerClass().getName());
    }

    @Override
    public void close() {
        if (phase.getAndSet(Phase.CLOSED) != Phase.CLOSED) {
            lock.lock();
            try {
                backlog.clear();
            } finally {
                lock.unlock();
            }
            onClose.run();
        }
    }

    @Override
    public boolean isClosed() {
        return phase.get() == Phase.CLOSED;
    }
}
