package io.coordination.lock;

import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.admin.RevocationRequest;

/**
 * Hears what happens to a held lock; set with {@link LockOptions.Builder#listener}. Every method does nothing by default.
 *
 * <p>Calls come on the callback executor. For one handle they come one at a time and in order: {@code acquired} first, once,
 * and one of {@code lost} and {@code released} last, once. One listener may serve many handles and then hears them at once.
 * A listener may block; it delays only what itself hears about that handle, and what it throws is logged. One that is so
 * slow that 1,000 events wait hears of further renewals, doubts and requests only the newest of each kind; first and last
 * call are never left out.
 *
 * <p>A call may come late: ask {@link LockHandle#isHeld()} before relying on the lock.
 */
public interface LockListener {
    /**
     * The lock was acquired. The caller of {@code acquire} may have the handle already, and may even have released it. Also
     * called when a lock was granted just as its request was given up; {@code released} follows.
     *
     * @param handle the held lock
     */
    default void acquired(LockHandle handle) {}

    /**
     * A renewal of the lock's lease was acknowledged, about every third of the TTL.
     *
     * @param handle the held lock
     */
    default void renewed(LockHandle handle) {}

    /**
     * No renewal was acknowledged for half the TTL. The lock is held for {@link LockHandle#remaining()}; {@code renewed} or
     * {@code lost} follows. Not called for a {@link LockOptions#fixedTtl() fixed TTL}, which nobody renews.
     *
     * @param handle the held lock
     */
    default void suspect(LockHandle handle) {}

    /**
     * The lock was lost. {@link LockHandle#isHeld()} was false before this call.
     *
     * @param handle the lock that is not held any more
     * @param loss when and why
     */
    default void lost(LockHandle handle, LockLost loss) {}

    /**
     * The lock was released by {@code unlock} or {@code close}; the server may not have heard of it yet.
     *
     * @param handle the lock that is not held any more
     */
    default void released(LockHandle handle) {}

    /**
     * Somebody asks politely for the lock, by {@link LockAdmin#requestRevocation}. Nothing happens unless this method sees to
     * it, for example by letting the work end early and releasing the lock.
     *
     * @param handle the held lock
     * @param request who asks and why
     */
    default void revocationRequested(LockHandle handle, RevocationRequest request) {}
}
