package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.LoggerFactory;

/** A prefix of its own for each test, and what tests of faults need around a store. A subclass names the servers. */
abstract class FaultSuite extends StoreOnEtcd {

    final String prefix = "/faults/" + UUID.randomUUID() + "/";

    /** The servers that the tests of the class share. */
    abstract EtcdExtension etcd();

    final FaultProxy proxyTo(int member) {
        return closedAtTheEnd(FaultProxy.to(etcd().cluster().clientUri(member)));
    }

    /** A store to all members, without a proxy. */
    final Store direct() {
        return open(etcd().endpoints(), settings -> settings);
    }

    final Store through(FaultProxy proxy, Duration requestTimeout) {
        return open(List.of(proxy.uri().toString()), settings -> settings.requestTimeout(requestTimeout));
    }

    final Mirror mirror(Store store) {
        return closedAtTheEnd(Mirror.open(store, time, prefix));
    }

    /** Sessions over a store, in a namespace of the test. They are not closed: the store's end ends them. */
    final Sessions sessions(Store store) {
        return new Sessions(
                new Environment(
                        store,
                        Keys.ofNamespace("faults-" + UUID.randomUUID()),
                        time,
                        Runnable::run,
                        CoordinatorOptions.builder()
                                .endpoints(etcd().endpoints())
                                .build(),
                        LoggerFactory.getLogger("coordination")),
                "faults");
    }

    static long freshLease() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    final long version(Store store, String key) {
        return get(store.range(RangeQuery.key(prefix + key)))
                .first()
                .map(KeyValue::version)
                .orElse(0L);
    }

    /** Puts {@code <prefix><name>-00000} and so on in transactions of a hundred; answers them in order of their revisions. */
    final List<TxnResult> putMany(Store store, int count, String name, Bytes value, long lease) {
        List<CompletableFuture<TxnResult>> puts = IntStream.range(0, count / 100)
                .mapToObj(batch -> store.txn(Txn.always(IntStream.range(0, 100)
                                .mapToObj(i -> Op.put(prefix + name + numbered(batch * 100 + i), value, lease))
                                .toArray(Op[]::new))
                        .delivered(Delivery.REPEATABLE)))
                .toList();
        return puts.stream()
                .map(put -> put.orTimeout(60, TimeUnit.SECONDS).join())
                .sorted(Comparator.comparingLong(TxnResult::revision))
                .toList();
    }

    static String numbered(int i) {
        return String.format("-%05d", i);
    }

    static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
