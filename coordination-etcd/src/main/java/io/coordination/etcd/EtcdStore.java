package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.Watch;
import io.coordination.internal.Checks;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.ShieldedInstrumentation;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchListener;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@link Store} on a cluster of etcd. */
final class EtcdStore implements Store {

    private final Transport transport;
    private final Members members;
    private final ResilientCalls calls;
    private final Operations operations;
    private final Reconnector reconnector;
    private final CoordinatorOptions options;
    private final TimeSource time;
    private final ProbeMeans means;
    private final Optional<Discovery> discovery;
    private final Duration requestTimeout;
    private final Set<Startup> startups = ConcurrentHashMap.newKeySet();
    private final WatchHub watches;
    private final AtomicBoolean closed = new AtomicBoolean();

    private EtcdStore(
            Transport transport,
            CoordinatorOptions options,
            List<Endpoint> endpoints,
            TimeSource time,
            Instrumentation instrumentation) {
        this.transport = transport;
        this.options = options;
        this.time = time;
        this.requestTimeout = options.requestTimeout();
        this.operations = Operations.heardBy(instrumentation);
        Instrumentation.Connections connections = instrumentation.connections();
        EtcdErrors errors = new EtcdErrors(endpoints);
        this.members = new Members(endpoints, transport::channelTo, time, new MemberJournal(connections));
        TokenSource tokens = new TokenSource(members, time, errors, options, connections);
        this.means = ProbeMeans.of(tokens, options);
        this.reconnector = new Reconnector(members, time);
        this.calls = new ResilientCalls(members, time, tokens, errors, reconnector, options, connections);
        this.discovery = options.discoverMembers()
                ? Optional.of(new Discovery(members, calls, time, requestTimeout))
                : Optional.empty();
        this.watches = new WatchHub(calls, instrumentation.watches());
    }

    /** Prepares a store; the first call connects. */
    static EtcdStore open(CoordinatorOptions options, TimeSource time) {
        List<Endpoint> endpoints = Endpoint.of(options);
        Instrumentation instrumentation = ShieldedInstrumentation.of(options.instrumentation());
        EtcdStore store = Compatibility.guarded(() -> {
            Transport transport = Transport.open(options, endpoints, time, instrumentation.connections());
            try {
                return new EtcdStore(transport, options, endpoints, time, instrumentation);
            } catch (RuntimeException | LinkageError e) {
                transport.close(List.of());
                throw e;
            }
        });
        store.begin();
        return store;
    }

    private void begin() {
        members.start(means, () -> {
            reconnector.connected();
            discovery.ifPresent(Discovery::connected);
        });
        reconnector.start();
    }

    @Override
    public CompletableFuture<Void> ready() {
        Startup startup = new Startup(members, means, time, options);
        startups.add(startup);
        if (closed.get()) {
            startup.close();
        }
        CompletableFuture<Void> connected = startup.start();
        connected.whenComplete((done, failure) -> startups.remove(startup));
        return connected;
    }

    @Override
    public boolean losesWatchEvents() {
        return members.loseWatchEvents();
    }

    @Override
    public CompletableFuture<RangeResult> range(RangeQuery query) {
        return calls.call(new Rpc<>(
                operations.range(),
                WireFormat.range(query),
                WireFormat::rangeResult,
                CallKind.READ,
                query.keys().from(),
                requestTimeout));
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn) {
        return calls.call(new Rpc<>(
                operations.txn(),
                WireFormat.txn(txn),
                WireFormat::txnResult,
                CallKind.of(txn.delivery()),
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
        if (first instanceof Txn.Nested nested) {
            return subject(nested.txn());
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
                operations.grant(),
                LeaseGrantRequest.newBuilder().setID(leaseId).setTTL(seconds).build(),
                answer -> Duration.ofSeconds(answer.getTTL()),
                CallKind.REPEATABLE,
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
                operations.renew(),
                LeaseKeepAliveRequest.newBuilder().setID(leaseId).build(),
                EtcdStore::renewed,
                CallKind.URGENT,
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
                operations.revoke(),
                LeaseRevokeRequest.newBuilder().setID(leaseId).build(),
                answer -> null,
                CallKind.URGENT,
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
                operations.leaseKeys(),
                LeaseTimeToLiveRequest.newBuilder().setID(leaseId).setKeys(true).build(),
                EtcdStore::keysOf,
                CallKind.READ,
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
        return HexFormat.of().toHexDigits(leaseId);
    }

    @Override
    public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        if (fromRevision < 0) {
            throw Checks.invalid("fromRevision", fromRevision, "use a revision, or 0 for 'from now'");
        }
        return watches.watch(keys, fromRevision, listener);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            reconnector.close();
            discovery.ifPresent(Discovery::close);
            startups.forEach(Startup::close);
            watches.close();
            List<ManagedChannel> channels = members.close();
            calls.close();
            transport.close(channels);
        }
    }
}
