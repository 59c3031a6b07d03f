package io.coordination.store;

import io.coordination.Watch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A strictly consistent key-value store with leases and watches: etcd, or its likeness inside this JVM.
 *
 * <p>The numbered rules that every engine keeps are in the package comment. Nothing here blocks; futures complete on a
 * thread of the engine, so dependents must be short and must not block. Thread-safe.
 */
public interface Store extends AutoCloseable {

    /**
     * Makes sure that the store can be used: completes when a server has answered a linearizable read, and at once where
     * there is no server to connect to. Calls do not need it; without it the first call connects.
     *
     * <p>Fails, within the time-outs of connections and calls, with a message that has one sentence for each endpoint. The
     * store stays usable: servers may come later.
     */
    default CompletableFuture<Void> ready() {
        return CompletableFuture.completedFuture(null);
    }

    /** Reads the keys of a range at one revision. */
    CompletableFuture<RangeResult> range(RangeQuery query);

    /** Compares, then applies one of two lists of operations, atomically. */
    CompletableFuture<TxnResult> txn(Txn txn);

    /**
     * Creates a lease with an id of the caller's choice and answers its granted TTL, which may be longer than the one asked
     * for.
     *
     * <p>Sending the call again after a lost answer is harmless, because the id is the same: callers count the lease's
     * life from before their first call.
     *
     * @param leaseId positive, never used before
     * @param ttl whole seconds
     */
    CompletableFuture<Duration> grant(long leaseId, Duration ttl);

    /**
     * Renews a lease once and answers its TTL. Fails with {@code NOT_FOUND} when the lease is gone.
     *
     * @param timeout when to give up; renewals have deadlines of their own, because a late answer is worth nothing
     */
    CompletableFuture<Duration> renewOnce(long leaseId, Duration timeout);

    /** Ends a lease and deletes its keys, in one revision. A lease that is gone already is no error. */
    CompletableFuture<Void> revoke(long leaseId);

    /** The keys attached to a lease, in no particular order. Fails with {@code NOT_FOUND} when the lease is gone. */
    CompletableFuture<List<String>> leaseKeys(long leaseId);

    /**
     * Follows the changes of a range of keys until closed.
     *
     * @param fromRevision the first revision to deliver, or 0 for "from now"
     */
    Watch watch(KeyRange keys, long fromRevision, WatchListener listener);

    /**
     * Whether watches of the servers behind this store may lose changes without saying so: etcd below 3.4.38, 3.5.23 and
     * 3.6.5 has done so, mostly around compactions. Whoever follows such a store compares its copy with the store from time
     * to time. The answer may change when members are replaced.
     */
    default boolean losesWatchEvents() {
        return false;
    }

    /** Closes the connection and completes every outstanding future with {@code CLOSED}. Idempotent, bounded. */
    @Override
    void close();
}
