package io.coordination.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.memory.MemoryStore;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.ManualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupCommitOptionTest {

    private final ManualTime time = new ManualTime();
    private final FaultyStore store = FaultyStore.over(MemoryStore.create(time), time);
    private DefaultCoordinator coordinator = connect(true);

    private DefaultCoordinator connect(boolean grouped) {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:grouped")
                .groupCommit(grouped)
                .build();
        return new DefaultCoordinator(options, store, time);
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    @Test
    void letsAcquisitionsTravelTogether() throws Exception {
        takeMany(coordinator);

        assertThat(store.txns()).anyMatch(GroupCommitOptionTest::isBatch);
    }

    @Test
    void holdsForModulesToo() throws Exception {
        takeMany(coordinator.module("orders"));

        assertThat(store.txns()).anyMatch(GroupCommitOptionTest::isBatch);
    }

    @Test
    void isOffUnlessAskedFor() throws Exception {
        coordinator = connect(false);

        takeMany(coordinator);

        assertThat(store.txns()).noneMatch(GroupCommitOptionTest::isBatch);
    }

    /** While two acquisitions are under way, four more are asked for. */
    private void takeMany(Coordinator by) throws Exception {
        by.lock().acquireAsync("warm", LockOptions.defaults()).get(5, TimeUnit.SECONDS);
        List<HeldCalls> busy = List.of(
                store.onNextTxn(GroupCommitOptionTest::joins).hold(),
                store.onNextTxn(GroupCommitOptionTest::joins).hold());
        List<CompletableFuture<LockHandle>> asked = IntStream.range(0, 6)
                .mapToObj(i -> by.lock().acquireAsync("lock-" + i, LockOptions.defaults()))
                .toList();
        busy.forEach(HeldCalls::release);
        for (CompletableFuture<LockHandle> each : asked) {
            assertThat(each.get(5, TimeUnit.SECONDS).isHeld()).isTrue();
        }
    }

    private static boolean joins(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Put put && put.key().contains("/locks/"));
    }

    private static boolean isBatch(Txn txn) {
        return txn.success().stream().anyMatch(Txn.Nested.class::isInstance);
    }
}
