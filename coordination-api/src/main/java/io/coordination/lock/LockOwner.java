package io.coordination.lock;

import io.coordination.internal.Checks;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who owns a lock, for re-entry: a request of the owner that holds it already is granted at once, with the same fencing token, and
 * the lock is free when all of the owner's handles were released.
 *
 * <p>Owners matter within one coordinator only: equal names in two processes are two owners. Immutable and thread-safe.
 */
public final class LockOwner {
    private static final LockOwner CALLING_THREAD = new LockOwner(null, null);

    private final @Nullable Thread thread;
    private final @Nullable String name;

    private LockOwner(@Nullable Thread thread, @Nullable String name) {
        this.thread = thread;
        this.name = name;
    }

    /**
     * The thread that asks for the lock, found out at each request; so options with this owner may be shared. Virtual threads are
     * owners like any other.
     *
     * @return the owner
     */
    public static LockOwner ofThread() {
        return CALLING_THREAD;
    }

    /**
     * A certain thread, whoever asks.
     *
     * @param thread the owner
     * @return the owner
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for {@code null}
     */
    public static LockOwner of(Thread thread) {
        return new LockOwner(Checks.notNull("thread", thread), null);
    }

    /**
     * An owner of a name, such as a request or a job that goes through many threads.
     *
     * @param name 1 to 128 characters, no control characters
     * @return the owner
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another name
     */
    public static LockOwner named(String name) {
        return new LockOwner(null, Checks.label("name", name));
    }

    /**
     * The owner of a request that is made now by this thread.
     *
     * @return an owner that is no longer "the thread that asks"
     */
    public LockOwner resolved() {
        return thread == null && name == null ? new LockOwner(Thread.currentThread(), null) : this;
    }

    /**
     * Whether the other is the same owner: the same thread object, or an equal name.
     *
     * @param other what to compare with
     * @return true for the same owner
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof LockOwner that && thread == that.thread && Objects.equals(name, that.name);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(System.identityHashCode(thread), name);
    }

    /**
     * The name, or that of the thread.
     *
     * @return a text for logs
     */
    @Override
    public String toString() {
        if (name != null) {
            return name;
        }
        return thread == null ? "calling thread" : thread.getName();
    }
}
