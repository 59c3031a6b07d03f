package io.coordination.benchmarks.ours;

import io.coordination.CoordinatorOptions;
import io.coordination.Watch;
import io.coordination.benchmarks.Calls;
import io.coordination.benchmarks.StoreClient;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import io.coordination.store.group.GroupCommit;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/** {@link StoreClient} on our etcd engine, by its SPI alone, with default options. */
final class OursStoreClient implements StoreClient {

    private final TimeSource time = TimeSource.system("bench");
    private final CoordinatorOptions options;
    private final Store store;
    private final GroupCommit group;

    OursStoreClient(String endpoint) {
        options = CoordinatorOptions.builder().endpoints(endpoint).build();
        store = new EtcdStoreProvider().open(options, time);
        group = new GroupCommit(store);
    }

    @Override
    public CompletableFuture<?> get(String key) {
        return store.range(RangeQuery.key(key));
    }

    @Override
    public CompletableFuture<?> getSerializable(String key) {
        return store.range(RangeQuery.key(key).asSerializable());
    }

    @Override
    public CompletableFuture<?> put(String key, String value) {
        return store.txn(Txn.always(Txn.Op.put(key, Bytes.utf8(value), 0)));
    }

    @Override
    public CompletableFuture<?> putIfPresent(String key, String value) {
        return store.txn(guarded(key, value));
    }

    private static Txn guarded(String key, String value) {
        return Txn.when(Txn.Compare.present(key)).then(Txn.Op.put(key, Bytes.utf8(value), 0));
    }

    @Override
    public CompletableFuture<?> putIfPresentAmongMany(String key, String value) {
        return group.txn(guarded(key, value));
    }

    @Override
    public Ending watch(String prefix, Consumer<String> onValue) {
        Watch watch = store.watch(KeyRange.prefix(prefix), 0, new WatchListener() {
            @Override
            public void onRevision(long revision, List<WatchEvent> events) {
                for (WatchEvent event : events) {
                    if (event instanceof WatchEvent.Put put) {
                        onValue.accept(put.entry().value().utf8());
                    }
                }
            }

            @Override
            public void onHistoryLost(long firstRevision) {
                throw new IllegalStateException("a watch from now cannot lose history");
            }
        });
        return watch::close;
    }

    @Override
    public CompletableFuture<Integer> mirror(String prefix) {
        Mirror mirror = Mirror.open(store, time, prefix);
        return mirror.ready().thenApply(state -> state.entries().size()).whenComplete((keys, failed) -> mirror.close());
    }

    /** As locks hold theirs: a reservation on a shared session for each key. */
    @Override
    public Holding hold(String prefix, int keys, Duration ttl) {
        var env = new Environment(
                store, Keys.ofNamespace("bench"), time, Runnable::run, options, LoggerFactory.getLogger("bench"));
        Sessions sessions = new Sessions(env, "bench");
        var leases = ConcurrentHashMap.<Long>newKeySet();
        Calls.makeAll(
                IntStream.range(0, keys).mapToObj(i -> prefix + i).toList(),
                64,
                key -> sessions.reserve(ttl).thenCompose(session -> {
                    leases.add(session.leaseId());
                    return store.txn(hanging(key, session));
                }));
        // Revoking the leases deletes the keys.
        return new Holding(leases.size(), () -> Calls.await(sessions.closeAsync()));
    }

    private static Txn hanging(String key, Session session) {
        return Txn.always(Txn.Op.put(key, session.identity(), session.leaseId()));
    }

    @Override
    public void close() {
        group.close();
        store.close();
        time.close();
    }
}
