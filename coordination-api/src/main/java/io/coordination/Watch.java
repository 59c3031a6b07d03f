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
     * Ends the watch. After it returned no callback starts, and none is running, unless it is called from the callback
     * itself, which then is the last one. Idempotent, never throws; blocks at most as long as the listener's running call.
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
