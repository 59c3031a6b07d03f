package io.coordination.store;

import io.coordination.Watch;
import java.util.concurrent.atomic.AtomicBoolean;

/** A {@link Watch} whose close runs an action, once. */
public final class Subscription implements Watch {

    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** A watch that is open until the action has run. */
    public Subscription(Runnable onClose) {
        this.onClose = onClose;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }
}
