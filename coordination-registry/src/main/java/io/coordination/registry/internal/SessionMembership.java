package io.coordination.registry.internal;

import io.coordination.store.KeyValue;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What one registration has on one session. Thread-safe if what it runs is. */
final class SessionMembership implements LeaseMember {

    private final InstanceKey key;
    private final long lease;
    private final BooleanSupplier registered;
    private final Runnable onMissing;
    private final Runnable onSessionLost;

    /**
     * A membership.
     *
     * @param registered whether the key is believed to be there
     * @param onMissing runs when it is not
     */
    SessionMembership(
            InstanceKey key, long lease, BooleanSupplier registered, Runnable onMissing, Runnable onSessionLost) {
        this.key = key;
        this.lease = lease;
        this.registered = registered;
        this.onMissing = onMissing;
        this.onSessionLost = onSessionLost;
    }

    @Override
    public String key() {
        return key.name();
    }

    @Override
    public boolean believes() {
        return registered.getAsBoolean();
    }

    @Override
    public boolean missing(Optional<KeyValue> found) {
        boolean held = found.filter(entry -> key.isHeld(entry, lease)).isPresent();
        if (held || !believes()) {
            return false;
        }
        onMissing.run();
        return true;
    }

    @Override
    public void sessionLost() {
        onSessionLost.run();
    }
}
