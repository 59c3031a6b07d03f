package io.coordination.store.session;

import io.coordination.Watch;
import io.coordination.store.Isolated;
import io.coordination.store.Subscription;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Who hears how a session fares. Thread-safe. */
final class SessionAudience {

    // By a key of its own for each call of add, because one listener may be added for several purposes.
    private final Map<Object, SessionListener> listeners = new ConcurrentHashMap<>();

    Watch add(SessionListener listener) {
        Object key = new Object();
        listeners.put(key, listener);
        return new Subscription(() -> listeners.remove(key));
    }

    void renewed() {
        tell(SessionListener::renewed);
    }

    void suspected() {
        tell(SessionListener::suspected);
    }

    private void tell(Consumer<SessionListener> event) {
        listeners
                .values()
                .forEach(listener ->
                        Isolated.run("A listener to the renewals of a session failed", () -> event.accept(listener)));
    }
}
