package io.coordination;

/**
 * A running watch; closing it ends the calls to its listener.
 *
 * <p>Thread-safe.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface Watch extends AutoCloseable {
    /**
     * Ends the watch. After it returned no call of the listener begins; one that is running goes on to its end, so that a
     * listener may close its own watch. Idempotent, never throws, does not block.
     */
    @Override
    void close();

    /**
     * Whether the watch ended, by {@link #close()} or with its coordinator.
     *
     * @return true after the end
     */
    boolean isClosed();
}
