package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads of one process that do two things to one lock at the same moment, many times over. */
@Timeout(120)
class RacesTest {

    private static final int ROUNDS = 2_000;

    /** Each is logged. */
    private static final int LOSSES = 50;

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final CyclicBarrier start = new CyclicBarrier(2);
    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();

    @AfterEach
    void nothingStays() {
        threads.shutdownNow();
        cluster.assertNothingStays();
    }

    /** What may be done by both threads at once. */
    private interface Act {
        boolean succeeds() throws Exception;
    }

    private Future<Boolean> begin(Act act) {
        return threads.submit(() -> {
            start.await();
            return act.succeeds();
        });
    }

    private List<Boolean> together(Act one, Act other) throws Exception {
        Future<Boolean> first = begin(one);
        Future<Boolean> second = begin(other);
        return List.of(first.get(), second.get());
    }

    @Test
    void oneOfTwoReleasesIsTheOne() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            LockHandle held = node.take();
            assertThat(together(held::unlock, held::unlock)).containsExactlyInAnyOrder(true, false);
        }
    }

    @Test
    void aRequestThatIsCancelledWhileTheLockComesIsEitherCancelledOrHolds() throws Exception {
        List<Boolean> cancelled = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            LockHandle held = node.take();
            CompletableFuture<LockHandle> next = node.ask();
            cancelled.add(together(held::unlock, () -> next.cancel(false)).get(1));
            if (!next.isCancelled()) {
                Node.granted(next).close();
            }
            assertThat(next.isCancelled()).isEqualTo(cancelled.get(round));
            assertThat(cluster.queue()).isEmpty();
        }
    }

    @Test
    void ofTwoThatAskOneHoldsAndTheOtherFollows() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            List<CompletableFuture<LockHandle>> asked = List.of(new CompletableFuture<>(), new CompletableFuture<>());
            List<Boolean> first = together(() -> ask(asked.get(0)), () -> ask(asked.get(1)));
            assertThat(first).as("who holds at once").containsExactlyInAnyOrder(true, false);
            LockHandle before = Node.granted(asked.get(first.indexOf(true)));
            before.close();
            LockHandle after = Node.granted(asked.get(first.indexOf(false)));
            assertThat(after.fencingToken()).isGreaterThan(before.fencingToken());
            after.close();
        }
    }

    private boolean ask(CompletableFuture<LockHandle> answer) throws Exception {
        CompletableFuture<LockHandle> asked = node.ask();
        asked.thenAccept(answer::complete);
        start.await();
        return asked.isDone();
    }

    @Test
    void whoAsksForTheLossWhileItComesHearsOfIt() throws Exception {
        for (int round = 0; round < LOSSES; round++) {
            LockHandle held = node.take();
            CompletableFuture<String> told = new CompletableFuture<>();
            String key = cluster.first().key();
            together(
                    () -> {
                        cluster.delete(key);
                        return true;
                    },
                    () -> {
                        held.lost().thenAccept(loss -> told.complete(loss.key()));
                        return held.isHeld();
                    });
            cluster.moment();
            if (held.isHeld()) {
                held.close();
            } else {
                assertThat(told).isCompletedWithValue(Cluster.LOCK);
            }
        }
    }
}
