package io.coordination.store;

import io.coordination.Watch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to one listener of a user: in order, one at a time, on the callback executor. A listener that throws is
 * logged and goes on hearing; a slow one delays nobody but itself. Thread-safe.
 *
 * <p>It is at the same time the {@link Watch} that the user holds: after {@link #close()} returned, no call of the
 * listener begins. It does not wait for one that is running, so that listeners may close their own and each other's watches.
 *
 * @param <E> the type of the events
 */
public final class ListenerQueue<E> implements Watch {

    private static final Logger log = LoggerFactory.getLogger(ListenerQueue.class);

    private final SerialExecutor callbacks;
    private final Consumer<? super E> listener;
    private final String subject;
    private final Runnable onClose;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);

    private enum Phase {
        IDLE,
        CALLING,
        CLOSED
    }

    /**
     * A queue to one listener.
     *
     * @param callbacks the threads that user code runs on
     * @param subject what the listener follows, for log lines
     * @param onClose runs once, when the user closes the watch
     */
    public ListenerQueue(Executor callbacks, Consumer<? super E> listener, String subject, Runnable onClose) {
        this.callbacks = new SerialExecutor(callbacks);
        this.listener = listener;
        this.subject = subject;
        this.onClose = onClose;
    }

    /** Hands an event over; returns at once. Events after the close are dropped. */
    public void deliver(E event) {
        if (phase.get() != Phase.CLOSED) {
            callbacks.execute(() -> call(event));
        }
    }

    private void call(E event) {
        // The step to CALLING is what makes close() strict: a call either began before it, or never begins.
        if (!phase.compareAndSet(Phase.IDLE, Phase.CALLING)) {
            return;
        }
        try {
            listener.accept(event);
        } catch (RuntimeException | Error e) {
            log.atWarn().setCause(e).addKeyValue("watch", subject).log("A listener failed");
        } finally {
            phase.compareAndSet(Phase.CALLING, Phase.IDLE);
        }
    }

    @Override
    public void close() {
        if (phase.getAndSet(Phase.CLOSED) != Phase.CLOSED) {
            onClose.run();
        }
    }

    @Override
    public boolean isClosed() {
        return phase.get() == Phase.CLOSED;
    }
}
