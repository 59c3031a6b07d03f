package io.coordination.lock;

/**
 * Work that is done while a lock is held. A {@link java.util.concurrent.Callable} fits as {@code callable::call}.
 *
 * @param <T> the type of its result
 * @param <X> what it may throw beside unchecked exceptions
 */
@FunctionalInterface
public interface LockTask<T, X extends Exception> {
    /**
     * Does the work.
     *
     * @return its result
     * @throws X as it likes; it passes through to the caller
     */
    T call() throws X;
}
