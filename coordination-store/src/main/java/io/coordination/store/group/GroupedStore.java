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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A store whose transactions go through a {@link GroupCommit} and whose other calls, renewals among them, go straight through.
 * Thread-safe.
 */
public final class GroupedStore implements Store {

    private final Store store;
    private final GroupCommit group;
    private final Function<String, Optional<KeyRange>> domainOf;

    /**
     * The same data as a given store.
     *
     * @param store carries everything out; stays open when this is closed
     * @param domainOf for a key that a transaction names, what no other transaction of the same revision may touch;
     *     called on callers' threads
     */
    public GroupedStore(Store store, Function<String, Optional<KeyRange>> domainOf) {
        this.store = store;
        this.group = new GroupCommit(store);
        this.domainOf = domainOf;
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn) {
        return group.txn(txn, domain(txn));
    }

    private KeyRange[] domain(Txn txn) {
        Stream<String> compared =
                txn.compares().stream().map(compare -> compare.keys().from());
        Stream<String> named =
                Stream.concat(txn.success().stream(), txn.failure().stream()).flatMap(GroupedStore::key);
        return Stream.concat(compared, named)
                .distinct()
                .flatMap(key -> domainOf.apply(key).stream())
                .distinct()
                .toArray(KeyRange[]::new);
    }

    private static Stream<String> key(Txn.Op operation) {
        if (operation instanceof Txn.Put put) {
            return Stream.of(put.key());
        }
        if (operation instanceof Txn.Delete delete) {
            return Stream.of(delete.keys().from());
        }
        // What has transactions inside travels alone.
        return operation instanceof Txn.Get get ? Stream.of(get.query().keys().from()) : Stream.empty();
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

    /** Transactions that were not sent fail with {@code CLOSED}. The store below stays open. */
    @Override
    public void close() {
        group.close();
    }
}
