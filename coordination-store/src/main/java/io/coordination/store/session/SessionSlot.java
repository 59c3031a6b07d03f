package io.coordination.store.session;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The place of one session among {@link Sessions}: reserved before the session is open, with the number of keys that may
 * hang on it. What it counts is guarded by the lock of the sessions it belongs to.
 */
final class SessionSlot {

    /** A revoke deletes all keys of its lease in one revision; beyond this it would hurt the server. */
    static final int KEYS = 1_000;

    private final Duration ttl;
    private final boolean shared;
    private final CompletableFuture<Session> opening = new CompletableFuture<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile @Nullable Session session; // set once
    private TimeSource.@Nullable Timer retirement; // guarded by the lock
    private int references; // guarded by the lock

    /**
     * A place without a session yet.
     *
     * @param shared whether many keys may share it
     */
    SessionSlot(Duration ttl, boolean shared) {
        this.ttl = ttl;
        this.shared = shared;
    }

    Duration ttl() {
        return ttl;
    }

    boolean isShared() {
        return shared;
    }

    /** True for the first caller, who has to open the session. */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    void hold(Session made) {
        session = made;
    }

    @Nullable
    Session session() {
        return session;
    }

    /** The session is ready for use. */
    void opened(Session made) {
        opening.complete(made);
    }

    /** There will be no session for those who wait. */
    void failed(Throwable failure) {
        opening.completeExceptionally(failure);
    }

    SessionState state() {
        Session made = session;
        return made == null ? SessionState.CONNECTED : made.state();
    }

    boolean isLost() {
        return state() == SessionState.LOST;
    }

    boolean hasRoom(int keys) {
        Session made = session;
        return references + keys <= KEYS && (made == null || made.isUsable());
    }

    boolean isUsed() {
        return references > 0;
    }

    void reserve(int keys) {
        references += keys;
    }

    void giveBack() {
        references--;
    }

    void retireWith(TimeSource.Timer timer) {
        stay();
        retirement = timer;
    }

    /** Forgets the retirement. */
    void stay() {
        if (retirement != null) {
            retirement.cancel();
            retirement = null;
        }
    }

    /** A future of the caller's own: who cancels it gives back what was reserved and disturbs nobody. */
    CompletableFuture<Session> handOut(int keys) {
        CompletableFuture<Session> mine = new CompletableFuture<>();
        opening.whenComplete((made, failure) -> {
            if (failure != null) {
                mine.completeExceptionally(failure);
            } else if (!mine.complete(made)) {
                IntStream.range(0, keys).forEach(any -> made.release());
            }
        });
        return mine;
    }

    /** Ends the session, or what becomes of the one that is being opened. */
    CompletableFuture<Void> close() {
        return opening.handle((made, failure) -> session)
                .thenCompose(made -> made == null ? CompletableFuture.<Void>completedFuture(null) : made.closeAsync());
    }
}
