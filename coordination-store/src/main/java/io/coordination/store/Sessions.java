package io.coordination.store;

import io.coordination.ConnectionState;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one recipe: opened when first needed, one for each TTL, shared by up to a thousand keys, revoked when
 * unused for one TTL. Recipes never share a lease, so that the end of a lock's session takes no registration with it.
 * Thread-safe; nothing blocks.
 */
public final class Sessions {

    /** A revoke deletes all keys of its lease in one revision; beyond this it would hurt the server. */
    static final int KEYS_PER_SESSION = 1_000;

    /** Computed TTLs must not make thousands of leases. */
    static final int TTL_CLASSES = 32;

    private final Environment env;
    private final String recipe;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock(); // guards all below; never held while calling out
    private final TreeMap<Duration, List<Slot>> classes = new TreeMap<>();
    private final List<Slot> apart = new ArrayList<>(); // of one key only, or lost and still referenced
    private boolean closed;

    /**
     * Sessions for one recipe.
     *
     * @param recipe its name, shown to operators in the session keys
     */
    public Sessions(Environment env, String recipe) {
        this.env = env;
        this.recipe = recipe;
    }

    /**
     * Reserves room for one key on a shared session of a TTL. The caller owes a {@link Session#release()} once the key is
     * certainly gone; a future that was cancelled gives the room back by itself.
     *
     * @param ttl whole seconds
     */
    public CompletableFuture<Session> reserve(Duration ttl) {
        try {
            return slotWithRoom(ttl).handOut();
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private Slot slotWithRoom(Duration ttl) {
        lock.lock();
        try {
            requireOpen();
            Duration ttlClass = classOf(ttl);
            List<Slot> slots = classes.computeIfAbsent(ttlClass, any -> new ArrayList<>());
            Slot slot = slots.stream().filter(Slot::hasRoom).findFirst().orElseGet(() -> {
                Slot added = new Slot(ttlClass, true);
                slots.add(added);
                return added;
            });
            slot.references++;
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /** Opens a session for one key alone; its release revokes it. */
    public CompletableFuture<Session> dedicated(Duration ttl) {
        try {
            return slotOfItsOwn(ttl).handOut();
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private Slot slotOfItsOwn(Duration ttl) {
        lock.lock();
        try {
            requireOpen();
            Slot slot = new Slot(ttl, false);
            slot.references++;
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
            List<Slot> all = new ArrayList<>(apart);
            classes.values().forEach(all::addAll);
            for (Slot slot : all) {
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
        List<Slot> all;
        lock.lock();
        try {
            closed = true;
            all = new ArrayList<>(apart);
            classes.values().forEach(all::addAll);
        } finally {
            lock.unlock();
        }
        return CompletableFuture.allOf(all.stream().map(Slot::close).toArray(CompletableFuture<?>[]::new));
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
        listeners.forEach(Runnable::run);
    }

    /** A session with the number of keys that may hang on it. */
    private final class Slot {

        private final Duration ttl;
        private final boolean shared;
        private final CompletableFuture<Session> opening = new CompletableFuture<>();
        private final AtomicBoolean started = new AtomicBoolean();
        private int references; // guarded by lock
        private @Nullable Session session; // guarded by lock
        private TimeSource.@Nullable Timer retirement; // guarded by lock

        Slot(Duration ttl, boolean shared) {
            this.ttl = ttl;
            this.shared = shared;
        }

        boolean hasRoom() {
            return references < KEYS_PER_SESSION && state() != SessionState.LOST;
        }

        SessionState state() {
            return session == null ? SessionState.CONNECTED : session.state();
        }

        private void open() {
            SessionOpening.start(env, recipe, ttl).whenComplete((opened, failure) -> {
                if (failure != null) {
                    forget();
                    opening.completeExceptionally(Blocking.cause(failure));
                } else {
                    opened(new Session(env, opened, Sessions.this::changed, this::release));
                }
            });
        }

        private void opened(Session made) {
            boolean tooLate;
            lock.lock();
            try {
                session = made;
                tooLate = closed;
            } finally {
                lock.unlock();
            }
            made.start();
            made.lost().thenRun(this::lost);
            if (tooLate) {
                made.closeAsync();
                opening.completeExceptionally(closedFailure());
            } else {
                opening.complete(made);
            }
        }

        /** A future of the caller's own: who cancels it gives back what was reserved and disturbs nobody. */
        CompletableFuture<Session> handOut() {
            if (started.compareAndSet(false, true)) {
                open();
            }
            CompletableFuture<Session> mine = new CompletableFuture<>();
            opening.whenComplete((made, failure) -> {
                if (failure != null) {
                    mine.completeExceptionally(failure);
                } else if (!mine.complete(made)) {
                    made.release();
                }
            });
            return mine;
        }

        void release() {
            Session unused = null;
            lock.lock();
            try {
                references--;
                if (references == 0 && shared && state() != SessionState.LOST) {
                    cancelRetirement();
                    retirement = env.time().schedule(ttl, this::retire);
                } else if (references == 0) {
                    apart.remove(this);
                    unused = session;
                }
            } finally {
                lock.unlock();
            }
            if (unused != null) {
                unused.closeAsync();
                changed();
            }
        }

        private void retire() {
            Session unused = null;
            lock.lock();
            try {
                if (references == 0) {
                    removeFromClass();
                    unused = session;
                }
            } finally {
                lock.unlock();
            }
            if (unused != null) {
                unused.closeAsync();
            }
        }

        /** A lost session gets no new keys and counts for the state until its last key is given back. */
        private void lost() {
            lock.lock();
            try {
                cancelRetirement();
                removeFromClass();
                apart.remove(this);
                if (references > 0) {
                    apart.add(this);
                }
            } finally {
                lock.unlock();
            }
        }

        private void forget() {
            lock.lock();
            try {
                removeFromClass();
                apart.remove(this);
            } finally {
                lock.unlock();
            }
        }

        private void removeFromClass() {
            List<Slot> slots = classes.get(ttl);
            if (slots != null) {
                slots.remove(this);
            }
        }

        private void cancelRetirement() {
            if (retirement != null) {
                retirement.cancel();
                retirement = null;
            }
        }

        CompletableFuture<Void> close() {
            return opening.handle((made, failure) ->
                            failure == null ? made.closeAsync() : CompletableFuture.<Void>completedFuture(null))
                    .thenCompose(closing -> closing);
        }
    }
}
