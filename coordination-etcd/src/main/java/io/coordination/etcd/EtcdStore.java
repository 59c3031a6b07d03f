package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.internal.Checks;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchListener;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@link Store} on a cluster of etcd. */
final class EtcdStore implements Store {

    private final EtcdChannel channel;
    private final ResilientCalls calls;
    private final Reconnector reconnector;
    private final Duration requestTimeout;
    private final Set<WatchLoop> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    private EtcdStore(EtcdChannel channel, CoordinatorOptions options, List<Endpoint> endpoints, TimeSource time) {
        this.channel = channel;
        this.requestTimeout = options.requestTimeout();
        EtcdErrors errors = new EtcdErrors(endpoints);
        TokenSource tokens = new TokenSource(
                channel.grpc(), errors, options, endpoints.get(0).tls());
        this.reconnector = new Reconnector(channel.grpc(), time, endpoints.size() > 1);
        this.calls = new ResilientCalls(channel.grpc(), time, tokens, errors, reconnector, options);
    }

    /** Prepares a store; the first call connects. */
    static EtcdStore open(CoordinatorOptions options, TimeSource time) {
        List<Endpoint> endpoints = Endpoint.of(options);
        EtcdStore store = Compatibility.guarded(
                () -> new EtcdStore(EtcdChannel.open(options, endpoints), options, endpoints, time));
        store.reconnector.start();
        return store;
    }

    @Override
    public CompletableFuture<RangeResult> range(RangeQuery query) {
        return calls.call(new Rpc<>(
                KVGrpc.getRangeMethod(),
                WireFormat.range(query),
                WireFormat::rangeResult,
                CallKind.READ,
                "range",
                query.keys().from(),
                requestTimeout));
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn) {
        return calls.call(new Rpc<>(
                KVGrpc.getTxnMethod(),
                WireFormat.txn(txn),
                WireFormat::txnResult,
                CallKind.of(txn.delivery()),
                "txn",
                subject(txn),
                requestTimeout));
    }

    /** The first key that a transaction names. */
    private static String subject(Txn txn) {
        if (!txn.compares().isEmpty()) {
            return txn.compares().get(0).keys().from();
        }
        List<Txn.Op> operations = txn.success().isEmpty() ? txn.failure() : txn.success();
        if (operations.isEmpty()) {
            return "";
        }
        Txn.Op first = operations.get(0);
        if (first instanceof Txn.Put put) {
            return put.key();
        }
        return first instanceof Txn.Delete delete
                ? delete.keys().from()
                : ((Txn.Get) first).query().keys().from();
    }

    @Override
    public CompletableFuture<Duration> grant(long leaseId, Duration ttl) {
        if (leaseId <= 0) {
            throw Checks.invalid("leaseId", leaseId, "use a positive number");
        }
        long seconds = Math.max(1, ttl.plusNanos(999_999_999).toSeconds());
        CompletableFuture<Duration> granted = calls.call(new Rpc<>(
                LeaseGrpc.getLeaseGrantMethod(),
                LeaseGrantRequest.newBuilder().setID(leaseId).setTTL(seconds).build(),
                answer -> Duration.ofSeconds(answer.getTTL()),
                CallKind.REPEATABLE,
                "grant of lease",
                hex(leaseId),
                requestTimeout));
        // "Exists already" after a lost answer is that lost answer; how long it lives, a renewal tells.
        return Futures.withFallback(
                granted,
                failure -> failure.code() == ErrorCode.CONFLICT && failure.outcomeUnknown(),
                () -> renewOnce(leaseId, requestTimeout));
    }

    @Override
    public CompletableFuture<Duration> renewOnce(long leaseId, Duration timeout) {
        return calls.call(new Rpc<>(
                LeaseGrpc.getLeaseKeepAliveMethod(),
                LeaseKeepAliveRequest.newBuilder().setID(leaseId).build(),
                EtcdStore::renewed,
                CallKind.URGENT,
                "renewal of lease",
                hex(leaseId),
                timeout));
    }

    private static Duration renewed(LeaseKeepAliveResponse answer) {
        if (answer.getTTL() <= 0) {
            throw gone(answer.getID());
        }
        return Duration.ofSeconds(answer.getTTL());
    }

    @Override
    public CompletableFuture<Void> revoke(long leaseId) {
        CompletableFuture<Void> revoked = calls.call(new Rpc<>(
                LeaseGrpc.getLeaseRevokeMethod(),
                LeaseRevokeRequest.newBuilder().setID(leaseId).build(),
                answer -> null,
                CallKind.URGENT,
                "revocation of lease",
                hex(leaseId),
                requestTimeout));
        return Futures.withFallback(
                revoked,
                failure -> failure.code() == ErrorCode.NOT_FOUND,
                () -> CompletableFuture.completedFuture(null));
    }

    @Override
    public CompletableFuture<List<String>> leaseKeys(long leaseId) {
        return calls.call(new Rpc<>(
                LeaseGrpc.getLeaseTimeToLiveMethod(),
                LeaseTimeToLiveRequest.newBuilder().setID(leaseId).setKeys(true).build(),
                EtcdStore::keysOf,
                CallKind.READ,
                "reading the keys of lease",
                hex(leaseId),
                requestTimeout));
    }

    private static List<String> keysOf(LeaseTimeToLiveResponse answer) {
        if (answer.getTTL() < 0) {
            throw gone(answer.getID());
        }
        return answer.getKeysList().stream().map(key -> key.toStringUtf8()).toList();
    }

    private static CoordinationException gone(long leaseId) {
        return CoordinationException.of(
                ErrorCode.NOT_FOUND, "lease '" + hex(leaseId) + "' does not exist: it expired or was revoked");
    }

    private static String hex(long leaseId) {
        return String.format("%016x", leaseId);
    }

    @Override
    public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        if (fromRevision < 0) {
            throw Checks.invalid("fromRevision", fromRevision, "use a revision, or 0 for 'from now'");
        }
        WatchLoop watch = new WatchLoop(calls, keys, fromRevision, listener, watches::remove);
        watches.add(watch);
        // Checked after the watch can be seen: either close() finds it, or it finds close().
        if (closed.get()) {
            watch.close();
            throw CoordinationException.of(
                    ErrorCode.CLOSED, "watch of '" + keys.from() + "' was refused: the connection to etcd was closed");
        }
        return watch.start();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            reconnector.close();
            watches.forEach(WatchLoop::close);
            calls.close();
            channel.close();
        }
    }
}
