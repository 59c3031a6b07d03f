package io.coordination.lock;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Locks whose names are made of a pattern such as {@code order:{orderId}:{line}} and values.
 *
 * <pre>{@code
 * LockTemplate accounts = coordinator.lock().template("account:{id}", LockOptions.defaults());
 * try (LockHandle lock = accounts.acquire(Map.of("id", 42))) { ... }
 * }</pre>
 *
 * <p><b>Patterns</b> are parsed once. A placeholder is {@code {name}} with a name of letters, digits and {@code _}, not beginning
 * with a digit; there must be at least one, other braces are refused, and between two placeholders there must be a character
 * that is neither a letter, a digit nor {@code %}.
 *
 * <p><b>Values</b> are text, whole numbers, {@code Boolean}, {@code Character}, {@code UUID} and enum constants. Every placeholder needs
 * one, and there must be no other. Everything in a value but the letters {@code A-Z a-z} and digits is percent-escaped as UTF-8, so
 * that values with different texts never give the same name: {@code a:b} becomes {@code a%3Ab}.
 *
 * <p>Thread-safe. Methods throw what those of {@link DistributedLock} throw, and {@code VALIDATION_ERROR} for a missing, unknown,
 * empty or unsuitable value, with the placeholder in the message.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface LockTemplate {
    /**
     * The pattern.
     *
     * @return the pattern as it was given
     */
    String pattern();

    /**
     * The names of the placeholders.
     *
     * @return each once, in the order of the pattern
     */
    List<String> placeholders();

    /**
     * The name of the lock for some values. Does not ask the server.
     *
     * @param values a value for each placeholder
     * @return the name
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} as said above, and for a name that is too long
     */
    String key(Map<String, ?> values);

    /**
     * {@link DistributedLock#acquire(String, LockOptions)} for {@link #key(Map)}.
     *
     * @param values a value for each placeholder
     * @return the held lock
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationTimeoutException when the wait time of the options ended before
     * @throws io.coordination.CoordinationException for the reasons above
     */
    LockHandle acquire(Map<String, ?> values) throws InterruptedException;

    /**
     * {@link DistributedLock#tryAcquire(String, LockOptions)} for {@link #key(Map)}.
     *
     * @param values a value for each placeholder
     * @return the held lock, or empty when the wait time of the options ended before
     * @throws InterruptedException when interrupted before the lock was taken
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Optional<LockHandle> tryAcquire(Map<String, ?> values) throws InterruptedException;

    /**
     * {@link DistributedLock#acquireAsync(String, LockOptions)} for {@link #key(Map)}; what is wrong with the values comes through
     * the future, too.
     *
     * @param values a value for each placeholder
     * @return a future of the held lock
     */
    CompletableFuture<LockHandle> acquireAsync(Map<String, ?> values);

    /**
     * {@link DistributedLock#withLock(String, LockOptions, LockTask)} for {@link #key(Map)}.
     *
     * @param values a value for each placeholder
     * @param task what to do while the lock is held
     * @param <T> the type of its result
     * @param <X> what it may throw
     * @return the result of the task
     * @throws X what the task throws
     * @throws InterruptedException when interrupted before the lock was taken; then the task did not run
     * @throws io.coordination.LockLostException after the task, when the lock was not certainly held to its end
     * @throws io.coordination.CoordinationException for the reasons above; then the task did not run
     */
    <T, X extends Exception> T withLock(Map<String, ?> values, LockTask<T, X> task) throws X, InterruptedException;
}
