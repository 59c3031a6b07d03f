package io.coordination.memory;

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
import java.util.concurrent.CompletableFuture;

/** A store that hands everything on to another one, for tests that change a part of it. */
class ForwardingStore implements Store {

    private volatile Store target;

    ForwardingStore(Store target) {
        this.target = target;
    }

    final void target(Store other) {
        target = other;
    }

    final Store target() {
        return target;
    }

    @Override
    public CompletableFuture<RangeResult> range(RangeQuery query) {
        return target.range(query);
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn) {
        return target.txn(txn);
    }

    @Override
    public CompletableFuture<Duration> grant(long leaseId, Duration ttl) {
        return target.grant(leaseId, ttl);
    }

    @Override
    public CompletableFuture<Duration> renewOnce(long leaseId, Duration timeout) {
        return target.renewOnce(leaseId, timeout);
    }

    @Override
    public CompletableFuture<Void> revoke(long leaseId) {
        return target.revoke(leaseId);
    }

    @Override
    public CompletableFuture<List<String>> leaseKeys(long leaseId) {
        return target.leaseKeys(leaseId);
    }

    @Override
    public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        return target.watch(keys, fromRevision, listener);
    }

    @Override
    public boolean losesWatchEvents() {
        return target.losesWatchEvents();
    }

    @Override
    public void close() {
        target.close();
    }
}
