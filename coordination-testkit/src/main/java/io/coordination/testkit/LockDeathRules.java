package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockFaultContract} about holders and waiters whose session ends or whose key is deleted. */
abstract class LockDeathRules extends LockFaultFixture {

    private static CompletableFuture<LockLost> loss(LockHandle handle) {
        return handle.lost().toCompletableFuture();
    }

    @Nested
    class Deaths {

        @Test
        void ofAHoldersSessionTellHimAndServeTheNext() {
            LockHandle held = take(mine);
            CompletableFuture<LockLost> lost = loss(held);
            CompletableFuture<LockHandle> waiting = ask(other);
            awaitQueueOf(2);

            faulty.dropLeases().join();

            LockHandle next = granted(waiting);
            assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
            // The keys of the lock and of the session go at once; which of their watches tells first is open.
            assertThat(result(lost).reason()).isIn(LockLostReason.SESSION, LockLostReason.FORCED);
            assertThat(held.isHeld()).isFalse();
            assertThat(held.unlock()).isFalse();
            assertThat(next.isHeld()).isTrue();
            release(next);
        }

        @Test
        void ofAWaitersSessionQueueItAgainAtTheTail() {
            LockHandle held = take(other);
            CompletableFuture<LockHandle> waiting = ask(mine);
            awaitQueueOf(2);
            String place = queue().get(1).key();
            CompletableFuture<LockHandle> behind = ask(another());
            awaitQueueOf(3);

            faulty.dropLeases().join();

            await().atMost(SOON)
                    .until(() -> queue().size() == 3 && !queue().get(1).key().equals(place));
            assertThat(behind)
                    .as("waits for the holder, not for the one before it")
                    .isNotDone();
            release(held);
            release(granted(behind));
            release(granted(waiting));
            awaitQueueOf(0);
        }

        @Test
        void ofTheNextInLineLeaveTheOthersWaitingForTheHolder() {
            LockHandle held = take(other);
            CompletableFuture<LockHandle> second = ask(mine);
            awaitQueueOf(2);
            CompletableFuture<LockHandle> third = ask(another());
            awaitQueueOf(3);
            second.cancel(true);
            awaitQueueOf(2);

            assertThat(third).isNotDone();
            assertThat(held.isHeld()).isTrue();
            release(held);
            release(granted(third));
        }

        @Test
        void ofAWaiterDelayTheOthersByItsTtl() {
            LockHandle held = take(other);
            CompletableFuture<LockHandle> waiting = ask(mine, LockOptions.ofTtl(SHORT_TTL));
            awaitQueueOf(2);
            CompletableFuture<LockHandle> behind = ask(another());
            awaitQueueOf(3);

            faulty.disconnect();
            release(held);
            long released = System.nanoTime();

            LockHandle next = granted(behind);
            assertThat(Duration.ofNanos(System.nanoTime() - released))
                    .isLessThan(SHORT_TTL.multipliedBy(2).plusSeconds(1));
            assertThat(waiting).isNotDone();
            faulty.reconnect();
            release(next);
            release(granted(waiting));
            awaitQueueOf(0);
        }

        @Test
        void byAnOperatorsHandAreToldOnce() {
            LockHandle held = take(mine);
            CompletableFuture<LockLost> lost = loss(held);
            // Whoever waits makes the holder watch.
            CompletableFuture<LockHandle> waiting = ask(other);
            awaitQueueOf(2);

            delete(queue().get(0));

            assertThat(result(lost).reason()).isEqualTo(LockLostReason.FORCED);
            assertThat(held.isHeld()).isFalse();
            assertThatThrownBy(held::renew)
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.LOCK_LOST));
            release(granted(waiting));
        }

        @Test
        void forLackOfRenewalsEndTheHoldAndNotTheCoordinator() {
            LockOptions options = LockOptions.ofTtl(SHORT_TTL);
            LockHandle held = granted(ask(mine, options));
            CompletableFuture<LockLost> lost = loss(held);
            FaultRule noRenewals = faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            CompletableFuture<LockHandle> waiting = ask(other);

            LockHandle next = granted(waiting);

            assertThat(held.isHeld()).isFalse();
            assertThat(result(lost).reason()).isIn(LockLostReason.EXPIRED, LockLostReason.SESSION);
            assertThat(held.unlock()).isFalse();
            assertThat(next.isHeld()).isTrue();
            noRenewals.end();
            release(next);
            LockHandle again = granted(ask(mine, options));
            await().during(SHORT_TTL.multipliedBy(2))
                    .atMost(SHORT_TTL.multipliedBy(3))
                    .until(again::isHeld);
            release(again);
        }
    }
}
