package io.coordination.benchmarks;

import java.util.concurrent.CompletableFuture;

/** The calls of the suite {@code lock}, as one client library makes them in one way of using it. Thread-safe. */
public interface LockClient extends AutoCloseable {

    /** Blocks until the calling thread holds a lock; the same thread releases it. */
    Held acquire(String lock);

    /** Acquires and releases a lock without blocking the caller, where the library can do that. */
    CompletableFuture<?> cycle(String lock);

    @Override
    void close();

    /** A lock that is held. */
    @FunctionalInterface
    interface Held {

        /** Returns when the library says so. */
        void release();
    }

    /** Locks that readers share, where a library has them. */
    interface ReadWrite {

        /** Blocks until the calling thread reads. */
        Held read(String lock);

        /** Blocks until the calling thread writes. */
        Held write(String lock);
    }
}
