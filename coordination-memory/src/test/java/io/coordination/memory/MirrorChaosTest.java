package io.coordination.memory;

import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorState;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors against a model, with everything going wrong that a store may let go wrong. */
class MirrorChaosTest {

    private static final String PREFIX = "/m/";
    private static final int STEPS = 400;

    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = MemoryStore.create(time);
    private final FaultyStore faulty = FaultyStore.over(memory.connect(), time);

    /** What the prefix held at each revision. */
    private final Map<Long, Map<String, KeyValue>> history = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyStateIsAStateOfTheStoreAndTheLastOneComes(long seed) {
        Random random = new Random(seed);
        remember();
        Mirror mirror = Mirror.open(faulty, time, PREFIX);
        List<MirrorRecorder> recorders = new ArrayList<>();
        long last = 0;

        for (int step = 0; step < STEPS; step++) {
            disturb(random);
            if (random.nextInt(40) == 0) {
                MirrorRecorder recorder = new MirrorRecorder(PREFIX);
                mirror.subscribe(recorder);
                recorders.add(recorder);
            }
            MirrorState state = mirror.state();
            assertThat(state.revision()).isGreaterThanOrEqualTo(last);
            last = state.revision();
            if (state.isRead()) {
                assertThat(Map.copyOf(state.entries())).isEqualTo(history.get(state.revision()));
            }
        }

        faulty.reconnect();
        faulty.watches().release();
        time.advance(Duration.ofSeconds(10));
        assertThat(mirror.staleFor()).isEmpty();
        assertThat(Map.copyOf(mirror.state().entries())).isEqualTo(present());
        recorders.forEach(recorder -> assertThat(recorder.replayed()).isEqualTo(present()));
        assertThat(recorders).isNotEmpty();
    }

    private void disturb(Random random) {
        switch (random.nextInt(16)) {
            case 0 -> faulty.watches().cut();
            case 1 -> faulty.watches().resume();
            case 2 -> faulty.watches().hold();
            case 3, 4 -> faulty.watches().release();
            case 5 -> faulty.disconnect();
            case 6, 7 -> faulty.reconnect();
            case 8 -> memory.compact(now(memory.range(RangeQuery.key("/x"))).revision());
            case 9 -> time.advance(Duration.ofMillis(random.nextInt(3_000)));
            default -> write(random);
        }
    }

    private void write(Random random) {
        Set<Integer> names = new HashSet<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            names.add(random.nextInt(12));
        }
        Txn txn = Txn.always();
        for (int name : names) {
            String key = PREFIX + name;
            txn = txn.then(
                    random.nextInt(3) == 0
                            ? Op.delete(key)
                            : Op.put(key, Bytes.utf8(Integer.toString(random.nextInt(100))), 0));
        }
        // The mirror hears of it before the answer comes, so the model has to be there first.
        long next = now(memory.range(RangeQuery.key("/x"))).revision() + 1;
        history.put(next, afterwards(txn, next));
        now(memory.txn(txn));
        remember();
    }

    private Map<String, KeyValue> afterwards(Txn txn, long revision) {
        Map<String, KeyValue> after = new HashMap<>(present());
        for (Op op : txn.success()) {
            if (op instanceof Txn.Put put) {
                KeyValue old = after.get(put.key());
                after.put(
                        put.key(),
                        new KeyValue(
                                put.key(),
                                put.value(),
                                old == null ? revision : old.createRevision(),
                                revision,
                                old == null ? 1 : old.version() + 1,
                                0));
            } else if (op instanceof Txn.Delete delete) {
                after.remove(delete.keys().from());
            }
        }
        return after;
    }

    private void remember() {
        history.put(now(memory.range(RangeQuery.key("/x"))).revision(), present());
    }

    private Map<String, KeyValue> present() {
        Map<String, KeyValue> present = new HashMap<>();
        now(memory.range(RangeQuery.prefix(PREFIX))).entries().forEach(entry -> present.put(entry.key(), entry));
        return present;
    }

    @Test
    void readersSeeWholeRevisionsWhileManyThreadsWrite() throws Exception {
        TimeSource clock = TimeSource.system("mirror-chaos");
        MemoryStore store = MemoryStore.create(clock);
        Mirror mirror = Mirror.open(store, clock, PREFIX);
        MirrorRecorder recorder = new MirrorRecorder(PREFIX);
        mirror.subscribe(recorder);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Long>> readers = new ArrayList<>();
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(CompletableFuture.supplyAsync(() -> readPairs(mirror, over), threads));
        }
        for (int i = 0; i < 4; i++) {
            int writer = i;
            writers.add(CompletableFuture.runAsync(() -> writePairs(store, start, writer), threads));
        }

        start.countDown();
        CompletableFuture.allOf(writers.toArray(CompletableFuture<?>[]::new)).get(60, TimeUnit.SECONDS);
        long end = store.range(RangeQuery.key("/x")).join().revision();
        mirror.reached(end).get(60, TimeUnit.SECONDS);
        over.set(true);

        for (CompletableFuture<Long> reader : readers) {
            assertThat(reader.get(60, TimeUnit.SECONDS))
                    .as("states that were no pair")
                    .isZero();
        }
        assertThat(Map.copyOf(mirror.state().entries())).isEqualTo(recorder.replayed());
        threads.shutdownNow();
        mirror.close();
        store.close();
        clock.close();
    }

    /** Each transaction writes the same value to both keys. */
    private static void writePairs(MemoryStore store, CountDownLatch start, int writer) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        for (int i = 0; i < 3_000; i++) {
            Bytes value = Bytes.utf8(writer + "-" + i);
            store.txn(Txn.always(Op.put(PREFIX + "a", value, 0), Op.put(PREFIX + "b", value, 0)))
                    .join();
        }
    }

    private static long readPairs(Mirror mirror, AtomicBoolean over) {
        long torn = 0;
        long last = 0;
        while (!over.get()) {
            MirrorState state = mirror.state();
            boolean pair = state.get(PREFIX + "a")
                    .map(KeyValue::value)
                    .equals(state.get(PREFIX + "b").map(KeyValue::value));
            torn += pair && state.revision() >= last ? 0 : 1;
            last = state.revision();
        }
        return torn;
    }
}
