package io.coordination.store;

import io.coordination.Watch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to one listener of a user: in order, one at a time, on the callback executor. A listener that throws is
 * logged and goes on hearing; a slow one delays nobody but itself. Thread-safe.
 *
 * <p>It is at the same time the {@link Watch} that the user holds: after {@link #close()} returned, no call of the
 * listener begins and none is running. Called from inside a listener, of this queue or of another, it does not wait for a
 * running call, because two listeners may close each other's watches.
 *
 * @param <E> the type of the events
 */
public final class ListenerQueue<E> implements Watch {

    private static final Logger log = LoggerFactory.getLogger(ListenerQueue.class);

    /** How many calls of listeners are on the stack of a thread. */
    private static final ThreadLocal<Integer> CALLS = ThreadLocal.withInitial(() -> 0);

    private final SerialExecutor callbacks;
    private final Consumer<? super E> listener;
    private final String subject;
    private final Runnable onClose;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.IDLE);
    private final Semaphore running = new Semaphore(1); // taken during a call, so that close can wait for its end

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
        int outer = CALLS.get();
        running.acquireUninterruptibly();
        try {
            // The step to CALLING is what makes the end strict: a call either began before it, or never begins.
            if (phase.compareAndSet(Phase.IDLE, Phase.CALLING)) {
                CALLS.set(outer + 1);
                listener.accept(event);
            }
        } catch (RuntimeException | Error e) {
            log.atWarn().setCause(e).addKeyValue("watch", subject).log("A listener failed");
        } finally {
            leave(outer);
            phase.compareAndSet(Phase.CALLING, Phase.IDLE);
            running.release();
        }
    }

    private static void leave(int outer) {
        if (outer == 0) {
            CALLS.remove(); // threads of users keep nothing of ours
        } else {
            CALLS.set(outer);
        }
    }

    @Override
    public void close() {
        end();
        if (CALLS.get() == 0) {
            running.acquireUninterruptibly();
            running.release();
        }
    }

    /** As {@link #close()}, but without waiting for a running call: for a coordinator, whose close is bounded. */
    public void end() {
        if (phase.getAndSet(Phase.CLOSED) != Phase.CLOSED) {
            onClose.run();
        }
    }

    @Override
    public boolean isClosed() {
        return phase.get() == Phase.CLOSED;
    }
}
