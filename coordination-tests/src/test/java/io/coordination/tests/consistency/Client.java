package io.coordination.tests.consistency;

import static org.awaitility.Awaitility.await;

import io.coordination.Coordination;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/** One process in the eyes of the cluster: a store, and a coordinator, with connections of their own. */
final class Client implements AutoCloseable {

    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);
    static final String NAMESPACE = "chaos-apps";

    private final int number;
    private final Calls calls;
    private final AtomicLong newest;
    private final TimeSource time;
    private final Store store;
    private final CoordinatorOptions options;
    private final Coordinator coordinator;

    Client(int number, List<String> endpoints, Calls calls, AtomicLong newest) {
        this.number = number;
        this.calls = calls;
        this.newest = newest;
        this.options = CoordinatorOptions.builder()
                .endpoints(endpoints)
                .namespace(NAMESPACE)
                .requestTimeout(REQUEST_TIMEOUT)
                .clientName("chaos-" + number)
                .build();
        this.time = TimeSource.system("chaos-" + number);
        this.store = new EtcdStoreProvider().open(options, time);
        this.coordinator = connectOnceServed(options);
    }

    /**
     * All tests that come first start their servers and processes at the same moment, and an election of busy servers can
     * outlast the time within which connecting has to succeed.
     */
    private static Coordinator connectOnceServed(CoordinatorOptions options) {
        return await("a cluster that serves")
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptionsInstanceOf(CoordinationException.class)
                .until(() -> Coordination.connect(options), Objects::nonNull);
    }

    int number() {
        return number;
    }

    Store store() {
        return store;
    }

    TimeSource time() {
        return time;
    }

    Coordinator coordinator() {
        return coordinator;
    }

    /** What sessions need. */
    Environment environment() {
        return new Environment(
                store,
                Keys.ofNamespace("chaos-sessions"),
                time,
                ForkJoinPool.commonPool(),
                options,
                LoggerFactory.getLogger("coordination"));
    }

    CompletableFuture<RangeResult> range(String what, RangeQuery query) {
        return call(what, s -> s.range(query));
    }

    CompletableFuture<TxnResult> txn(String what, Txn txn) {
        return call(what, s -> s.txn(txn)).whenComplete((result, failure) -> {
            if (failure == null) {
                newest.accumulateAndGet(result.revision(), Math::max);
            }
        });
    }

    /** A call of the store that must end within the request timeout. */
    <T> CompletableFuture<T> call(String what, Function<Store, CompletableFuture<T>> call) {
        return calls.expect(what, REQUEST_TIMEOUT, call.apply(store));
    }

    /** A call of a recipe that must end within a limit. */
    <T> CompletableFuture<T> expect(String what, Duration limit, CompletableFuture<T> future) {
        return calls.expect(what, limit, future);
    }

    @Override
    public void close() {
        coordinator.close();
        store.close();
        time.close();
    }

    @Override
    public String toString() {
        return "client " + number;
    }
}
