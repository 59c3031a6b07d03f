package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.SERVICE;
import static io.coordination.registry.internal.Cluster.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinatorOptions;
import io.coordination.Instrumentation;
import io.coordination.registry.ServiceEvent;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Environment;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A listener that is busy while the service changes very often. It is called when the test runs the callback threads. */
class SlowServiceWatchTest {

    private final Cluster cluster = new Cluster();
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final AtomicReference<Executor> mode = new AtomicReference<>(threads::add);
    private final List<String> kinds = new ArrayList<>();
    private final List<Integer> loads = new ArrayList<>();
    private final List<Integer> overtaken = new ArrayList<>();
    private final MirroredRegistry registry = registry();
    private final List<ServiceEvent> heard = new ArrayList<>();

    private MirroredRegistry registry() {
        Instrumentation observer = new Instrumentation() {
            @Override
            public Mirrors mirrors(String kind) {
                kinds.add(kind);
                return new Mirrors() {
                    @Override
                    public void loaded(int keys, Duration duration) {
                        loads.add(keys);
                    }
                };
            }

            @Override
            public Listeners listeners() {
                return new Listeners() {
                    @Override
                    public void overtaken(int skipped) {
                        overtaken.add(skipped);
                    }
                };
            }
        };
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:test")
                .instrumentation(observer)
                .build();
        Environment env = new Environment(
                cluster.memory,
                cluster.keys,
                cluster.time,
                task -> mode.get().execute(task),
                options,
                LoggerFactory.getLogger("coordination"));
        return new MirroredRegistry(env, new Sessions(env, "registry"));
    }

    private void runListeners() {
        for (Runnable next = threads.poll(); next != null; next = threads.poll()) {
            next.run();
        }
    }

    private void put(String... ids) {
        Txn txn = Txn.always();
        for (String id : ids) {
            txn = txn.then(Op.put(cluster.key(id), InstanceValue.write(instance(id), Instant.EPOCH, "nonce"), 0));
        }
        cluster.memory.txn(txn).join();
    }

    private void delete(String id) {
        cluster.memory.txn(Txn.always(Op.delete(cluster.key(id)))).join();
    }

    private static List<String> ids(ServiceEvent event) {
        return ((ServiceEvent.Snapshot) event)
                .instances().stream().map(ServiceInfo::id).toList();
    }

    @Test
    void hearsOneSnapshotOfTheNewestStateInsteadOfAHundredThousandChanges() {
        registry.watch(SERVICE, heard::add);
        put("kept");
        runListeners();
        heard.clear();

        for (int i = 0; i < 50_000; i++) {
            put("comes-and-goes");
            delete("comes-and-goes");
        }
        put("new");
        assertThat(threads).hasSize(1);
        runListeners();

        assertThat(heard).hasSize(1);
        assertThat(ids(heard.get(0))).containsExactly("kept", "new");
        assertThat(overtaken).containsExactly(100_000);
    }

    @Test
    void goesOnWithEachChangeAfterTheSnapshot() {
        registry.watch(SERVICE, heard::add);
        runListeners();
        for (int i = 0; i < 1_001; i++) {
            put("i" + i);
        }
        runListeners();
        long revision = heard.get(1).revision();

        put("last");
        runListeners();

        assertThat(heard).hasSize(3);
        assertThat(ids(heard.get(1))).hasSize(1_001);
        assertThat(heard.get(2)).isInstanceOf(ServiceEvent.Added.class);
        assertThat(heard.get(2).revision()).isGreaterThan(revision);
    }

    @Test
    void neverHearsAnInstanceTwiceWhenARevisionHasSeveral() {
        registry.watch(SERVICE, heard::add);
        runListeners();
        mode.set(task -> {
            throw new RejectedExecutionException("the listener is busy, on purpose");
        });
        for (int i = 0; i < 1_000; i++) {
            put("i" + i);
        }

        mode.set(Runnable::run); // it becomes free with the first of three
        put("x", "y", "z");

        assertThat(heard).hasSize(2);
        assertThat(ids(heard.get(1))).hasSize(1_003).contains("x", "y", "z");
    }

    @Test
    void theMirrorsOfAllServicesAreObservedAsOneKind() {
        put("a", "b");
        registry.discover(SERVICE);
        registry.discover("another");

        assertThat(kinds).containsExactly("services");
        assertThat(loads).containsExactly(2, 0);
    }

    @Test
    void disturbsNobodyElse() {
        registry.watch(SERVICE, heard::add);
        List<ServiceEvent> quick = new ArrayList<>();
        runListeners();
        registry.watch(SERVICE, quick::add);
        runListeners();

        put("i0");
        Runnable busy = threads.remove();
        for (int i = 1; i <= 2_000; i++) {
            put("i" + i);
            runListeners();
        }

        assertThat(quick).as("a snapshot and each change").hasSize(1 + 2_001);
        assertThat(heard).as("the snapshot that came before").hasSize(1);
        busy.run();
        assertThat(heard).hasSize(2);
        assertThat(ids(heard.get(1))).hasSize(2_001);
        assertThat(heard.get(1).revision()).isEqualTo(quick.get(2_001).revision());
    }
}
