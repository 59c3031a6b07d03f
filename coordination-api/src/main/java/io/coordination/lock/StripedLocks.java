package io.coordination.lock;

import java.util.Collection;
import java.util.Optional;

/**
 * A fixed number of locks for any number of resources: each resource belongs to one stripe, and who wants the resource locks
 * the stripe. Coarser than a lock for each resource, and cheaper for work on many at once.
 *
 * <p><b>The stripe</b> of a resource is the 64-bit FNV-1a hash of its name in UTF-8, taken as an unsigned number, modulo the number
 * of stripes. It is the same in every process, version and language. The lock of stripe {@code i} of {@code n} is named
 * {@code <name>/<n>/<i>}: processes that disagree about {@code n} do not exclude each other, so all must use the same.
 *
 * <p><b>Several at once</b> are taken in the order of their stripes, so that two callers never wait for each other, as long as neither
 * holds a stripe of the same name from before.
 *
 * <p>Thread-safe. Methods throw what those of {@link DistributedLock} throw, and {@code VALIDATION_ERROR} for a bad name of a resource,
 * which follows the rules of lock names.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface StripedLocks {
    /**
     * How many stripes there are.
     *
     * @return the number that was given
     */
    int stripes();

    /**
     * The stripe of a resource. Does not ask the server.
     *
     * @param resource the name of the resource
     * @return from 0 to {@link #stripes()} less 1
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    int stripe(String resource);

    /**
     * The name of the lock for a resource. Does not ask the server.
     *
     * @param resource the name of the resource
     * @return the name of the lock of its stripe
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    String key(String resource);

    /**
     * Waits for the stripe of a resource and takes it.
     *
     * @param resource the name of the resource
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time of the options ended before
     * @throws io.coordination.CoordinationException for the reasons above
     */
    LockHandle acquire(String resource) throws InterruptedException;

    /**
     * Takes the stripe of a resource if it becomes free within the wait time of the options; without one there is one attempt.
     *
     * @param resource the name of the resource
     * @return the held lock, or empty when the wait time ended before
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<LockHandle> tryAcquire(String resource) throws InterruptedException;

    /**
     * Waits for the stripes of several resources and takes all of them. When it ends otherwise, none is held.
     *
     * @param resources the names, at least one; the same name and resources of the same stripe may occur several times
     * @return the held stripes
     * @throws InterruptedException when interrupted before all were taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time of the options ended before
     * @throws io.coordination.LockLostException when a stripe was lost while the others were waited for
     * @throws io.coordination.CoordinationException for the reasons above
     */
    StripedHold acquireAll(Collection<String> resources) throws InterruptedException;

    /**
     * Takes the stripes of several resources if all become free within the wait time of the options; without one there is one
     * attempt for each. When it ends otherwise, none is held.
     *
     * @param resources the names, at least one
     * @return the held stripes, or empty when one could not be had
     * @throws InterruptedException when interrupted before all were taken
     * @throws io.coordination.LockLostException when a stripe was lost while the others were waited for
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<StripedHold> tryAcquireAll(Collection<String> resources) throws InterruptedException;
}
