package io.coordination.benchmarks.ours;

import io.coordination.CoordinatorOptions;
import io.coordination.benchmarks.Calls;
import io.coordination.benchmarks.StoreWorkloads;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.store.KeyValue;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.mirror.Mirror;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What reading one key from a mirror costs, one key after another in an order that caches do not like. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the parameters and calls the set-up before anything else.
public class MirrorReadBenchmark {

    private static final int STRIDE = 7_919; // a prime: visits every key before it comes back

    /** The server that has the keys. */
    @Param("http://127.0.0.1:2379")
    String endpoint;

    /** How many keys are mirrored. */
    @Param("10000")
    int keys;

    private TimeSource time;
    private Store store;
    private Mirror mirror;
    private String[] names;
    private int next;

    /** Mirrors the keys. */
    @Setup
    public void open() {
        time = TimeSource.system("jmh");
        store = new EtcdStoreProvider()
                .open(CoordinatorOptions.builder().endpoints(endpoint).build(), time);
        mirror = Mirror.open(store, time, StoreWorkloads.mirrored(keys));
        List<String> all = List.copyOf(Calls.await(mirror.ready()).entries().keySet());
        if (all.size() != keys) {
            throw new IllegalStateException("the mirror has " + all.size() + " keys, not " + keys);
        }
        names = all.toArray(new String[0]);
    }

    /** Ends everything. */
    @TearDown
    public void close() {
        mirror.close();
        store.close();
        time.close();
    }

    /** One read. */
    @Benchmark
    public Optional<KeyValue> read() {
        next = (next + STRIDE) % names.length;
        return mirror.state().get(names[next]);
    }
}
