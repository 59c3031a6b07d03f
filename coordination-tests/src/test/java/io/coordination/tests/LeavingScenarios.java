package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationTimeoutException;
import io.coordination.Coordinator;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever leaves the queue of a lock, in whatever way, leaves no key behind: {@code etcdctl} is the witness. */
@Timeout(60)
abstract class LeavingScenarios extends FaultedCoordinators {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** So long that nothing which is gone after {@link #PATIENCE} ended with its lease. */
    private static final LockOptions OPTIONS = LockOptions.ofTtl(Duration.ofSeconds(90));

    private static final String LOCK = "orders/42";

    private FaultProxy proxy;
    private Coordinator mine;
    private Coordinator other;

    @BeforeEach
    void connectBoth() throws InterruptedException {
        proxy = proxy();
        mine = connect(proxy);
        other = connect();
        // With a session each, a request is one transaction.
        for (Coordinator each : List.of(mine, other)) {
            each.lock().acquire("session", OPTIONS).unlock();
        }
    }

    @AfterEach
    void nobodyIsInTheWay() throws InterruptedException {
        assertNoKeyIsLeft();
        for (Coordinator each : List.of(mine, other)) {
            assertThat(each.lock().acquire(LOCK, OPTIONS).unlock()).isTrue();
        }
        assertNoKeyIsLeft();
    }

    private List<String> queue() {
        return etcd().etcdctl("get", "--prefix", "/" + namespace + "/locks/", "--keys-only")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private void assertNoKeyIsLeft() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue()).isEmpty());
    }

    private void awaitQueueOf(int keys) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(queue()).hasSize(keys));
    }

    private void awaitAnswersAgain() {
        proxy.heal();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            mine.ping();
            return true;
        });
    }

    @Test
    void aCancelledAsynchronousAcquireLeavesNoKey() throws InterruptedException {
        LockHandle held = other.lock().acquire(LOCK, OPTIONS);
        CompletableFuture<LockHandle> waiting = mine.lock().acquireAsync(LOCK, OPTIONS);
        awaitQueueOf(2);

        assertThat(waiting.cancel(true)).isTrue();

        awaitQueueOf(1);
        assertThat(held.isHeld()).isTrue();
        held.close();
    }

    @Test
    void asynchronousAcquiresThatAreCancelledAtOnceLeaveNoKey() {
        for (int round = 0; round < 50; round++) {
            CompletableFuture<LockHandle> asked = mine.lock().acquireAsync(LOCK, OPTIONS);
            if (!asked.cancel(true)) {
                asked.join().close(); // it was quicker, so the lock was ours
            }
        }
    }

    @Test
    void anInterruptedWaitLeavesNoKey() throws InterruptedException {
        LockHandle held = other.lock().acquire(LOCK, OPTIONS);
        FutureTask<LockHandle> blocking = new FutureTask<>(() -> mine.lock().acquire(LOCK, OPTIONS));
        Thread thread = new Thread(blocking, "interrupted-waiter");
        thread.start();
        awaitQueueOf(2);

        thread.interrupt();

        assertThatThrownBy(() -> blocking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(InterruptedException.class);
        awaitQueueOf(1);
        assertThat(held.isHeld()).isTrue();
        held.close();
    }

    @Test
    void aWaitThatRunsOutOfTimeLeavesNoKey() throws InterruptedException {
        LockHandle held = other.lock().acquire(LOCK, OPTIONS);
        LockOptions limited =
                OPTIONS.toBuilder().waitTime(Duration.ofMillis(300)).build();

        assertThat(mine.lock().tryAcquire(LOCK, limited)).isEmpty();
        assertThatThrownBy(() -> mine.lock().acquire(LOCK, limited)).isInstanceOf(CoordinationTimeoutException.class);

        awaitQueueOf(1);
        assertThat(held.isHeld()).isTrue();
        held.close();
    }

    @Test
    void anEnqueueWhoseAnswerIsLostLeavesNoKeyWhenItsCallerGaveUp() {
        proxy.swallowAnswers();
        CompletableFuture<LockHandle> asked = mine.lock().acquireAsync(LOCK, OPTIONS);
        awaitQueueOf(1);
        assertThat(asked).isNotDone();
        asked.cancel(true);

        awaitAnswersAgain();

        assertNoKeyIsLeft();
    }

    @Test
    void anEnqueueWhoseAnswerIsLostIsFoundAndLeavesNoKeyAfterwards() {
        proxy.swallowAnswers();
        CompletableFuture<LockHandle> asked = mine.lock().acquireAsync(LOCK, OPTIONS);
        awaitQueueOf(1);

        awaitAnswersAgain();

        LockHandle held =
                asked.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(queue()).hasSize(1);
        assertThat(held.unlock()).isTrue();
    }

    @Test
    void anEnqueueWhoseAnswerIsLostLeavesNoKeyWhenItsTimeIsOver() {
        proxy.swallowAnswers();
        CompletableFuture<LockHandle> asked = mine.lock()
                .acquireAsync(
                        LOCK,
                        OPTIONS.toBuilder().waitTime(Duration.ofSeconds(1)).build());
        awaitQueueOf(1);

        assertThatThrownBy(() -> asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(CoordinationTimeoutException.class);
        awaitAnswersAgain();

        assertNoKeyIsLeft();
    }

    @Test
    void aReleaseWhoseAnswerIsLostLeavesNoKey() throws InterruptedException {
        LockHandle held = mine.lock().acquire(LOCK, OPTIONS);
        proxy.swallowAnswers();

        held.close();

        awaitQueueOf(0);
        awaitAnswersAgain();
        assertThat(held.unlock()).isFalse();
    }

    @Test
    void aReleaseThatDoesNotArriveIsSentUntilItDoes() throws InterruptedException {
        LockHandle held = mine.lock().acquire(LOCK, OPTIONS);
        proxy.disconnect();

        assertThatThrownBy(held::unlock).isInstanceOf(CoordinationTimeoutException.class);
        assertThat(queue()).hasSize(1);
        awaitAnswersAgain();

        assertNoKeyIsLeft();
    }
}
