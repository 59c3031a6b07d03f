package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.store.Txn;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that are given up, at every stage and in every way: no key stays, and nobody behind them is stuck. */
class LeavingTest {

    private static final Duration WAIT = Duration.ofSeconds(2);
    private static final LockOptions LIMITED =
            Node.OPTIONS.toBuilder().waitTime(WAIT).build();

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    /** How far a request has come when it is given up. */
    enum Stage {
        OPENING_ITS_SESSION,
        PUBLISHING_ITS_SESSION,
        JOINING_THE_QUEUE,
        WAITING_FOR_THE_ANSWER;

        /** Stops the next request of a process there; the result lets it go on. */
        Runnable stop(Node node) {
            HeldCalls held = switch (this) {
                case OPENING_ITS_SESSION ->
                    node.store.onNext(StoreCall.Grant.class).hold();
                case PUBLISHING_ITS_SESSION ->
                    node.store.onNextTxn(Stage::publishes).hold();
                case JOINING_THE_QUEUE -> node.store.onNextTxn(Sent::enqueue).hold();
                case WAITING_FOR_THE_ANSWER ->
                    node.store.onNextTxn(Sent::enqueue).holdAnswer();
            };
            return held::release;
        }

        private static boolean publishes(Txn txn) {
            return !Sent.enqueue(txn) && !Sent.attempt(txn);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledRequestLeavesNoKeyAtAnyStage(Stage stage) {
        Runnable goOn = stage.stop(a);
        CompletableFuture<LockHandle> asked = a.ask();
        assertThat(asked.cancel(false)).isTrue();
        goOn.run();
        assertThat(cluster.queue()).isEmpty();
        assertThat(b.tryOnce()).hasValueSatisfying(LockHandle::close);
    }

    @ParameterizedTest
    @EnumSource
    void theNextLocalRequestGoesOnWhereACancelledOneStood(Stage stage) {
        Runnable goOn = stage.stop(a);
        CompletableFuture<LockHandle> first = a.ask();
        CompletableFuture<LockHandle> second = a.ask();
        first.cancel(false);
        goOn.run();
        granted(second).close();
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatRunsOutOfTimeLeavesNoKeyAtAnyStage(Stage stage) {
        Runnable goOn = stage.stop(a);
        CompletableFuture<LockHandle> asked = a.ask(LIMITED);
        cluster.time.advance(WAIT);
        assertThat(asked.handle((held, failure) -> failure).join())
                .isInstanceOf(CoordinationTimeoutException.class)
                .hasMessageContaining(LOCK)
                .hasMessageContaining("2 s");
        goOn.run();
        assertThat(cluster.queue()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptedCallerGoesOnAtOnceAndLeavesNoKey(Stage stage) {
        Runnable goOn = stage.stop(a);
        Caller<LockHandle> waiting = Caller.of(() -> a.locks.acquire(LOCK, Cluster.TTL));
        waiting.interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        goOn.run();
        assertThat(cluster.queue()).isEmpty();
    }

    @Nested
    class Waiting {

        private final LockHandle held = b.take();

        @AfterEach
        void release() {
            held.close();
        }

        @Test
        void cancelledLeavesTheQueue() {
            CompletableFuture<LockHandle> asked = a.ask();
            assertThat(cluster.queue()).hasSize(2);
            asked.cancel(false);
            assertThat(cluster.queue()).hasSize(1);
        }

        @Test
        void interruptedLeavesTheQueue() {
            Caller<LockHandle> waiting = Caller.of(() -> a.locks.acquire(LOCK, Cluster.TTL));
            assertThat(cluster.queue()).hasSize(2);
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
            assertThat(cluster.queue()).hasSize(1);
        }

        @Test
        void outOfTimeIsAnErrorForAcquire() {
            CompletableFuture<LockHandle> asked = a.ask(LIMITED);
            cluster.time.advance(WAIT.minusMillis(1));
            assertThat(asked).isNotDone();
            cluster.time.advance(Duration.ofMillis(1));
            assertThat(asked.handle((lock, failure) -> failure).join())
                    .isInstanceOf(CoordinationTimeoutException.class)
                    .hasMessageContaining("held by others");
            assertThat(cluster.queue()).hasSize(1);
        }

        @Test
        void outOfTimeIsAnAnswerForTry() {
            CompletableFuture<Optional<LockHandle>> asked = a.locks.tryAcquireAsync(LOCK, LIMITED);
            cluster.time.advance(WAIT);
            assertThat(asked).isCompletedWithValue(Optional.empty());
            assertThat(cluster.queue()).hasSize(1);
        }

        @Test
        void behindALocalHolderOutOfTimeIsAnAnswerToo() {
            CompletableFuture<Optional<LockHandle>> asked = b.locks.tryAcquireAsync(LOCK, LIMITED);
            cluster.time.advance(WAIT);
            assertThat(asked).isCompletedWithValue(Optional.empty());
        }

        @Test
        void withZeroWaitTimeAcquireIsOneAttempt() {
            LockOptions once = Node.OPTIONS.toBuilder().waitTime(Duration.ZERO).build();
            assertThat(a.ask(once).handle((lock, failure) -> failure).join())
                    .isInstanceOf(CoordinationTimeoutException.class)
                    .hasMessageContaining("waitTime");
            held.close();
            granted(a.ask(once)).close();
        }

        @Test
        void whoeverCompletesTheFutureLeavesTheQueue() {
            CompletableFuture<LockHandle> asked = a.ask();
            asked.completeExceptionally(new IllegalStateException("no longer wanted"));
            assertThat(cluster.queue()).hasSize(1);
        }

        @Test
        void orTimeoutLeavesTheQueue() {
            CompletableFuture<LockHandle> asked = a.ask().orTimeout(1, TimeUnit.MILLISECONDS);
            assertThat(asked.handle((lock, failure) -> failure).join()).isInstanceOf(TimeoutException.class);
            await().untilAsserted(() -> assertThat(cluster.queue()).hasSize(1));
        }

        @Test
        void aCancelledOneInTheMiddleDelaysNobody() {
            CompletableFuture<LockHandle> second = a.ask();
            CompletableFuture<LockHandle> third = cluster.node().ask();
            second.cancel(false);
            assertThat(third).isNotDone();
            held.close();
            granted(third).close();
        }

        @Test
        void theNextLocalRequestKeepsThePlace() {
            CompletableFuture<LockHandle> first = a.ask();
            CompletableFuture<LockHandle> second = a.ask();
            long place = cluster.queue().get(1).createRevision();
            first.cancel(false);
            held.close();
            assertThat(granted(second).fencingToken()).isEqualTo(place << 16);
            second.join().close();
        }

        @Test
        void interruptedTryForAWhileLeavesTheQueue() {
            Caller<Optional<LockHandle>> trying = Caller.of(() -> a.locks.tryAcquire(LOCK, LIMITED));
            assertThat(cluster.queue()).hasSize(2);
            trying.interrupt();
            assertThat(trying.failure()).isInstanceOf(InterruptedException.class);
            assertThat(cluster.queue()).hasSize(1);
        }
    }

    @Nested
    class RacingTheGrant {

        @Test
        void aGrantThatComesAfterTheCancellationGoesToTheNext() {
            LockHandle held = b.take();
            CompletableFuture<LockHandle> asked = a.ask();
            CompletableFuture<LockHandle> behind = cluster.node().ask();
            a.store.watches().hold();
            held.close();
            asked.cancel(false);
            a.store.watches().release();
            granted(behind).close();
        }

        @Test
        void aLockGrantedAfterTheFutureWasCancelledIsReleased() {
            a.defersCallbacks = true;
            CompletableFuture<LockHandle> asked = a.ask();
            assertThat(cluster.queue()).hasSize(1);
            assertThat(asked.cancel(false)).isTrue();
            assertThat(cluster.queue())
                    .as("granted, and on its way to the caller")
                    .hasSize(1);
            a.runCallbacks();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void aCancellationAfterTheGrantChangesNothing() {
            CompletableFuture<LockHandle> asked = a.ask();
            assertThat(asked.cancel(false)).isFalse();
            granted(asked).close();
        }

        @Test
        void whileTheLeaseIsRenewedForTheOwner() {
            LockHandle held = b.take();
            CompletableFuture<LockHandle> asked = a.ask();
            var renewals = a.store.onEvery(StoreCall.Renewal.class).loseRequest();
            cluster.time.advance(Cluster.TTL.minusSeconds(2));
            held.close();
            assertThat(asked).as("too little of the lease is left").isNotDone();
            asked.cancel(false);
            assertThat(cluster.queue()).isEmpty();
            renewals.end();
            cluster.moment();
        }
    }

    @Nested
    class ATry {

        @Test
        void interruptedSaysThatNothingIsHeldAndKeepsTheFlag() {
            HeldCalls attempt = a.store.onNextTxn(Sent::attempt).hold();
            Caller<Optional<LockHandle>> trying = Caller.of(a::tryOnce);
            trying.interrupt();
            assertThat(trying.failure()).isInstanceOf(CoordinationCancelledException.class);
            assertThat(trying.wasInterruptedAfterwards()).isTrue();
            attempt.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void cancelledLeavesNoKey() {
            HeldCalls attempt = a.store.onNextTxn(Sent::attempt).hold();
            CompletableFuture<Optional<LockHandle>> asked = a.locks.tryAcquireAsync(LOCK, Node.OPTIONS);
            asked.cancel(false);
            attempt.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void cancelledDoesNotRefuseTheRequestBehindIt() {
            LockHandle held = b.take();
            HeldCalls attempt = a.store.onNextTxn(Sent::attempt).hold();
            CompletableFuture<Optional<LockHandle>> asked = a.locks.tryAcquireAsync(LOCK, Node.OPTIONS);
            CompletableFuture<LockHandle> behind = a.ask();
            asked.cancel(false);
            attempt.release();
            held.close();
            granted(behind).close();
        }
    }

    @Test
    void whenTheCallbackExecutorRefusesWorkTheLockIsReleasedAndTheFutureFails() {
        a.refusesCallbacks = true;
        CompletableFuture<LockHandle> asked = a.ask();
        assertThat(asked).isCompletedExceptionally();
        assertThat(cluster.queue()).isEmpty();
    }
}
