package io.coordination.benchmarks;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The calls of the suite {@code store}, as one client library makes them. Thread-safe. */
public interface StoreClient extends AutoCloseable {

    /** Reads one key, linearizable. */
    CompletableFuture<?> get(String key);

    /** Reads one key from whatever the member has. */
    CompletableFuture<?> getSerializable(String key);

    /** Puts one key without a condition. */
    CompletableFuture<?> put(String key, String value);

    /** A transaction: one compare, that the key exists, and one put. */
    CompletableFuture<?> putIfPresent(String key, String value);

    /** The same by what the client offers for many small transactions at once; if nothing, as ever. */
    CompletableFuture<?> putIfPresentAmongMany(String key, String value);

    /**
     * Watches all keys with a prefix from now on.
     *
     * @param onValue hears each value put, on a thread of the client
     */
    Ending watch(String prefix, Consumer<String> onValue);

    /** Reads all keys with a prefix into a map, follows their changes from there on, and answers how many there are. */
    CompletableFuture<Integer> mirror(String prefix);

    /**
     * Puts keys that live as long as this client renews them; blocks until all exist.
     *
     * @param keys how many
     * @param ttl how long they outlive the client
     */
    Holding hold(String prefix, int keys, Duration ttl);

    @Override
    void close();

    /** Ends something. */
    @FunctionalInterface
    interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Keys that are held.
     *
     * @param leases how many leases they hang on
     * @param end deletes them; blocks
     */
    record Holding(int leases, Ending end) {}
}
