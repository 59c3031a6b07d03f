package io.coordination.store.session;

import io.coordination.Watch;
import io.coordination.store.Isolated;
import io.coordination.store.Subscription;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a session ended, and who is to be told: each listener once, whether it comes before the end or after. Thread-safe. */
final class SessionEnd {

    private final AtomicReference<@Nullable SessionLoss> loss = new AtomicReference<>();
    // By a key of its own for each call of add, because one listener may be added for several purposes.
    private final Map<Object, Consumer<SessionLoss>> listeners = new ConcurrentHashMap<>();

    /** What ended the session, if something did. */
    Optional<SessionLoss> loss() {
        return Optional.ofNullable(loss.get());
    }

    Watch add(Consumer<SessionLoss> listener) {
        Object key = new Object();
        listeners.put(key, listener);
        loss().ifPresent(known -> tell(key, known));
        return new Subscription(() -> listeners.remove(key));
    }

    /** The session is over. Only the first call counts. */
    void come(SessionLoss known) {
        if (loss.compareAndSet(null, known)) {
            listeners.keySet().forEach(key -> tell(key, known));
        }
    }

    private void tell(Object key, SessionLoss known) {
        Consumer<SessionLoss> listener = listeners.remove(key);
        if (listener != null) {
            // Others still have to hear of the end, and after them the lease is revoked.
            Isolated.run("A listener to the end of a session failed", () -> listener.accept(known));
        }
    }
}
