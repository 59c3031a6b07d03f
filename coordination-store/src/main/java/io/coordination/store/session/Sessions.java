package io.coordination.store.session;

import io.coordination.ConnectionState;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.Isolated;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sessions of one recipe: opened when first needed, one for each TTL, shared by up to a thousand keys, revoked when
 * unused for one TTL. Recipes never share a lease, so that the end of a lock's session takes no registration with it.
 * Thread-safe; nothing blocks.
 */
public final class Sessions {

    /** Computed TTLs must not make thousands of leases. */
    static final int TTL_CLASSES = 32;

    private final Environment env;
    private final String recipe;
    private final SessionObserver observer;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock(); // guards all below; never held while calling out
    private final TreeMap<Duration, List<SessionSlot>> classes = new TreeMap<>();
    private final List<SessionSlot> apart = new ArrayList<>(); // of one key only, or lost and still referenced
    private boolean closed;

    /**
     * Sessions for one recipe.
     *
     * @param recipe its name, shown to operators in the session keys
     */
    public Sessions(Environment env, String recipe) {
        this.env = env;
        this.recipe = recipe;
        this.observer = SessionObserver.of(env, recipe);
    }

    /**
     * Reserves room for one key on a shared session of a TTL. The caller owes a {@link Session#release()} once the key is
     * certainly gone; a future that was cancelled gives the room back by itself.
     *
     * @param ttl whole seconds
     */
    public CompletableFuture<Session> reserve(Duration ttl) {
        return reserve(ttl, 1);
    }

    /**
     * As {@link #reserve(Duration)} for several keys that must hang on one lease. The caller owes one release for each.
     *
     * @param keys 1 to 1,000
     */
    public CompletableFuture<Session> reserve(Duration ttl, int keys) {
        try {
            return handOut(slotWithRoom(ttl, keys), keys);
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private SessionSlot slotWithRoom(Duration ttl, int keys) {
        lock.lock();
        try {
            requireOpen();
            Duration ttlClass = classOf(ttl);
            List<SessionSlot> slots = classes.computeIfAbsent(ttlClass, any -> new ArrayList<>());
            SessionSlot slot = slots.stream()
                    .filter(known -> known.hasRoom(keys))
                    .findFirst()
                    .orElseGet(() -> {
                        SessionSlot added = new SessionSlot(ttlClass, true);
                        slots.add(added);
                        return added;
                    });
            slot.reserve(keys);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /** Opens a session for one key alone; its release revokes it. */
    public CompletableFuture<Session> dedicated(Duration ttl) {
        return dedicated(ttl, 1);
    }

    /** Opens a session for some keys alone; their last release revokes it. */
    public CompletableFuture<Session> dedicated(Duration ttl, int keys) {
        try {
            return handOut(slotOfItsOwn(ttl, keys), keys);
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private SessionSlot slotOfItsOwn(Duration ttl, int keys) {
        lock.lock();
        try {
            requireOpen();
            SessionSlot slot = new SessionSlot(ttl, false);
            slot.reserve(keys);
            apart.add(slot);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw closedFailure();
        }
    }

    /** The worst state of the sessions in use; CONNECTED when there is none. */
    public ConnectionState state() {
        lock.lock();
        try {
            SessionState worst = SessionState.CONNECTED;
            List<SessionSlot> all = new ArrayList<>(apart);
            classes.values().forEach(all::addAll);
            for (SessionSlot slot : all) {
                SessionState state = slot.state();
                worst = state.compareTo(worst) > 0 ? state : worst;
            }
            return ConnectionState.valueOf(worst.name());
        } finally {
            lock.unlock();
        }
    }

    /** Adds a task that runs whenever {@link #state()} may have changed; it must be short and must not block. */
    public void onChange(Runnable task) {
        listeners.add(task);
    }

    /** Ends all sessions, opening ones included; the future completes when each was revoked or could not be reached. */
    public CompletableFuture<Void> closeAsync() {
        List<SessionSlot> all;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(apart);
            classes.values().forEach(all::addAll);
        } finally {
            lock.unlock();
        }
        return CompletableFuture.allOf(all.stream().map(SessionSlot::close).toArray(CompletableFuture<?>[]::new));
    }

    private Duration classOf(Duration ttl) {
        classes.values().removeIf(List::isEmpty);
        if (classes.containsKey(ttl) || classes.size() < TTL_CLASSES) {
            return ttl;
        }
        Duration shorter = classes.floorKey(ttl);
        if (shorter == null) {
            throw new CoordinationException(
                    ErrorCode.VALIDATION_ERROR,
                    "ttl " + ttl + " would need another lease class, and " + TTL_CLASSES
                            + " are in use: use fewer different TTLs");
        }
        return shorter;
    }

    private CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the coordinator is closed");
    }

    private void changed() {
        listeners.forEach(listener -> Isolated.run("A listener to the state of sessions failed", listener));
    }

    private CompletableFuture<Session> handOut(SessionSlot slot, int keys) {
        if (slot.begin()) {
            SessionOpening.start(env, recipe, slot.ttl()).whenComplete((opened, failure) -> {
                if (failure != null) {
                    forget(slot);
                    slot.failed(Blocking.cause(failure));
                } else {
                    opened(slot, new Session(env, opened, observer, this::changed, () -> release(slot)));
                }
            });
        }
        return slot.handOut(keys);
    }

    private void opened(SessionSlot slot, Session made) {
        boolean tooLate;
        lock.lock();
        try {
            slot.hold(made);
            tooLate = closed;
        } finally {
            lock.unlock();
        }
        made.start();
        made.onLost(loss -> lost(slot));
        if (tooLate) {
            made.closeAsync();
            slot.failed(closedFailure());
        } else {
            slot.opened(made);
        }
    }

    private void release(SessionSlot slot) {
        boolean unused = false;
        lock.lock();
        try {
            slot.giveBack();
            if (slot.isUsed()) {
                return;
            }
            if (slot.isShared() && !slot.isLost()) {
                slot.retireWith(env.time().schedule(slot.ttl(), () -> retire(slot)));
            } else {
                apart.remove(slot);
                unused = true;
            }
        } finally {
            lock.unlock();
        }
        if (unused) {
            slot.close();
            changed();
        }
    }

    private void retire(SessionSlot slot) {
        lock.lock();
        try {
            if (slot.isUsed()) {
                return;
            }
            removeFromClass(slot);
        } finally {
            lock.unlock();
        }
        slot.close();
    }

    /** A lost session gets no new keys and counts for the state until its last key is given back. */
    private void lost(SessionSlot slot) {
        lock.lock();
        try {
            slot.stay();
            removeFromClass(slot);
            apart.remove(slot);
            if (slot.isUsed()) {
                apart.add(slot);
            }
        } finally {
            lock.unlock();
        }
        changed();
    }

    private void forget(SessionSlot slot) {
        lock.lock();
        try {
            removeFromClass(slot);
            apart.remove(slot);
        } finally {
            lock.unlock();
        }
    }

    private void removeFromClass(SessionSlot slot) {
        List<SessionSlot> slots = classes.get(slot.ttl());
        if (slots != null) {
            slots.remove(slot);
        }
    }
}
