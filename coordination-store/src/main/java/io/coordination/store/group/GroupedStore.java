package io.coordination.store.group;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A store whose transactions go through a {@link TxnGrouping} and whose other calls, renewals among them, go straight through.
 * Thread-safe.
 */
public final class GroupedStore implements Store {

    private final Store store;
    private final TxnGrouping group;
    private final Function<String, Optional<KeyRange>> domainOf;

    /**
     * The same data as a given store.
     *
     * @param store carries everything out; stays open when this is closed
     * @param group of the transactions of that store; closed with this
     * @param domainOf for a key that a transaction names, what no other transaction of the same revision may touch;
     *     called on callers' threads
     */
    public GroupedStore(Store store, TxnGrouping group, Function<String, Optional<KeyRange>> domainOf) {
        this.store = store;
        this.group = group;
        this.domainOf = domainOf;
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn) {
        return group.txn(txn, () -> domain(txn));
    }

    private List<KeyRange> domain(Txn txn) {
        // Loops, not streams: this is done for each transaction of every lock.
        Set<String> named = new HashSet<>();
        txn.compares().forEach(compare -> named.add(compare.keys().from()));
        txn.success().forEach(operation -> addKey(operation, named));
        txn.failure().forEach(operation -> addKey(operation, named));
        Set<KeyRange> domain = new HashSet<>();
        named.forEach(key -> domainOf.apply(key).ifPresent(domain::add));
        return List.copyOf(domain);
    }

    private static void addKey(Txn.Op operation, Set<String> named) {
        if (operation instanceof Txn.Put put) {
            named.add(put.key());
        } else if (operation instanceof Txn.Delete delete) {
            named.add(delete.keys().from());
        } else if (operation instanceof Txn.Get get) {
            named.add(get.query().keys().from());
        }
        // What has transactions inside travels alone.
    }

    @Override
    public CompletableFuture<Void> ready() {
        return store.ready();
    }

    @Override
    public CompletableFuture<RangeResult> range(RangeQuery query) {
        return store.range(query);
    }

    @Override
    public CompletableFuture<Duration> grant(long leaseId, Duration ttl) {
        return store.grant(leaseId, ttl);
    }

    @Override
    public CompletableFuture<Duration> renewOnce(long leaseId, Duration timeout) {
        return store.renewOnce(leaseId, timeout);
    }

    @Override
    public CompletableFuture<Void> revoke(long leaseId) {
        return store.revoke(leaseId);
    }

    @Override
    public CompletableFuture<List<String>> leaseKeys(long leaseId) {
        return store.leaseKeys(leaseId);
    }

    @Override
    public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        return store.watch(keys, fromRevision, listener);
    }

    @Override
    public boolean losesWatchEvents() {
        return store.losesWatchEvents();
    }

    /** From now on no transaction is held for company. */
    public void hurry() {
        group.hurry();
    }

    /** Closes the grouping. The store below stays open. */
    @Override
    public void close() {
        group.close();
    }
}
