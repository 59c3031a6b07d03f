package io.coordination.testkit;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A store between a recipe and a real store that does what networks do, when a test says so: lost and late answers, late and
 * repeated requests, broken watches, leases that vanish. Without rules it changes nothing. Thread-safe.
 *
 * <pre>{@code
 * FaultyStore faulty = FaultyStore.over(MemoryStore.create(time), time);
 * faulty.onNextTxn(txn -> true).loseAnswer();                        // carried out, but the caller times out
 * HeldCalls late = faulty.onNextTxn(txn -> true).hold();             // on its way ...
 * late.timeOut();                                                    // ... the caller gives up ...
 * late.release();                                                    // ... and then it arrives
 * faulty.onEvery(StoreCall.Renewal.class).loseRequest();
 * faulty.watches().cut();
 * }</pre>
 *
 * <p>The newest rule that matches a call takes it. Everything happens on the thread of whoever causes it.
 */
public final class FaultyStore implements Store {

    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final Store store;
    private final CallDeadlines deadlines;
    private final FaultyWatches watches;
    private final List<FaultRule> rules = new CopyOnWriteArrayList<>();
    private final List<StoreCall<?>> calls = new CopyOnWriteArrayList<>();
    private final Set<Long> leases = ConcurrentHashMap.newKeySet();
    private volatile boolean disconnected;

    private FaultyStore(Store store, CallDeadlines deadlines) {
        this.store = store;
        this.deadlines = deadlines;
        this.watches = new FaultyWatches(store, deadlines.time());
    }

    /** A faulty store over a store whose callers wait 5 s for an answer that is held. It closes that store with itself. */
    public static FaultyStore over(Store store, TimeSource time) {
        return over(store, time, REQUEST_TIMEOUT);
    }

    /**
     * A faulty store over a store. It closes that store with itself.
     *
     * @param store what carries the calls out
     * @param time by which held calls time out, and answers and events are delayed
     * @param requestTimeout how long the callers of held calls wait, renewals excepted
     */
    public static FaultyStore over(Store store, TimeSource time, Duration requestTimeout) {
        return new FaultyStore(store, new CallDeadlines(time, requestTimeout));
    }

    /** A rule for the next transaction that matches. */
    public OnCall onNextTxn(Predicate<Txn> matches) {
        return on(transaction(matches), 1);
    }

    /** A rule for every transaction that matches. */
    public OnCall onEveryTxn(Predicate<Txn> matches) {
        return on(transaction(matches), Integer.MAX_VALUE);
    }

    /** A rule for the next call of a kind, such as {@code StoreCall.Grant.class}. */
    public OnCall onNext(Class<? extends StoreCall<?>> kind) {
        return on(kind::isInstance, 1);
    }

    /** A rule for every call of a kind, such as {@code StoreCall.Renewal.class}. */
    public OnCall onEvery(Class<? extends StoreCall<?>> kind) {
        return on(kind::isInstance, Integer.MAX_VALUE);
    }

    /** A rule for every call of any kind. */
    public OnCall onEveryCall() {
        return on(call -> true, Integer.MAX_VALUE);
    }

    /** What happens to the watches. */
    public FaultyWatches watches() {
        return watches;
    }

    /** All requests get lost and all watches break, until {@link #reconnect}. */
    public void disconnect() {
        disconnected = true;
        watches.cut();
    }

    /** Ends {@link #disconnect}: requests arrive again, and the watches are opened again from where they stood. */
    public void reconnect() {
        disconnected = false;
        watches.resume();
    }

    /** Ends a lease behind its owner's back, as an operator may. */
    public CompletableFuture<Void> dropLease(long leaseId) {
        return store.revoke(leaseId);
    }

    /** Ends all {@link #leases} behind their owners' back. */
    public CompletableFuture<Void> dropLeases() {
        return CompletableFuture.allOf(leases().stream().map(store::revoke).toArray(CompletableFuture<?>[]::new));
    }

    /** The leases that were asked for through this store and not revoked through it. */
    public Set<Long> leases() {
        return Set.copyOf(leases);
    }

    /** All calls so far, lost ones included, in the order they were made. */
    public List<StoreCall<?>> calls() {
        return List.copyOf(calls);
    }

    /** All transactions so far, lost ones included, in the order they were made. */
    public List<Txn> txns() {
        return calls.stream()
                .filter(StoreCall.Transaction.class::isInstance)
                .map(call -> ((StoreCall.Transaction) call).txn())
                .toList();
    }

    @Override
    public CompletableFuture<Void> ready() {
        return disconnected ? CompletableFuture.failedFuture(Fault.noAnswer()) : store.ready();
    }

    @Override
    public CompletableFuture<RangeResult> range(RangeQuery query) {
        return send(new StoreCall.Range(query));
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn) {
        return send(new StoreCall.Transaction(txn));
    }

    @Override
    public CompletableFuture<Duration> grant(long leaseId, Duration ttl) {
        leases.add(leaseId);
        return send(new StoreCall.Grant(leaseId, ttl));
    }

    @Override
    public CompletableFuture<Duration> renewOnce(long leaseId, Duration timeout) {
        return send(new StoreCall.Renewal(leaseId, timeout));
    }

    @Override
    public CompletableFuture<Void> revoke(long leaseId) {
        leases.remove(leaseId);
        return send(new StoreCall.Revocation(leaseId));
    }

    @Override
    public CompletableFuture<List<String>> leaseKeys(long leaseId) {
        return send(new StoreCall.LeaseKeys(leaseId));
    }

    @Override
    public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        return watches.open(keys, fromRevision, listener);
    }

    @Override
    public boolean losesWatchEvents() {
        return store.losesWatchEvents();
    }

    @Override
    public void close() {
        store.close();
        watches.close();
        for (FaultRule rule : rules) {
            rule.end();
            if (rule.fault() instanceof HeldCalls.Holding holding) {
                holding.calls().close();
            }
        }
    }

    void add(FaultRule rule) {
        rules.add(0, rule);
    }

    private OnCall on(Predicate<StoreCall<?>> matches, int times) {
        return new OnCall(this, deadlines, matches, times);
    }

    private static Predicate<StoreCall<?>> transaction(Predicate<Txn> matches) {
        return call -> call instanceof StoreCall.Transaction transaction && matches.test(transaction.txn());
    }

    private <T> CompletableFuture<T> send(StoreCall<T> call) {
        calls.add(call);
        if (disconnected) {
            return CompletableFuture.failedFuture(Fault.noAnswer());
        }
        for (FaultRule rule : rules) {
            if (rule.takes(call)) {
                return rule.fault().handle(call, store);
            }
        }
        return call.sendTo(store);
    }
}
