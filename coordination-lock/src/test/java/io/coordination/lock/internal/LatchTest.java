package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.synchronizer.DistributedLatch;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultRule;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Latches: who waits, for what, and what is left behind. */
class LatchTest {

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final DistributedLatch mine = a.locks.latch("ready");
    private final DistributedLatch other = b.locks.latch("ready");

    @AfterEach
    void nothingStays() {
        a.store.reconnect();
        other.delete();
        assertThat(a.locks.primitives().conditions().mirrorsInUse()).isZero();
        cluster.assertNothingStays();
    }

    private static Caller<Boolean> waiting(DistributedLatch latch) {
        return Caller.of(() -> {
            latch.await();
            return true;
        });
    }

    @Test
    void opensForAllWhoWaitWhenTheLastCountsDown() {
        mine.create(2);
        Caller<Boolean> first = waiting(mine);
        Caller<Boolean> second = waiting(mine);
        Caller<Boolean> remote = waiting(other);
        assertThat(a.locks.primitives().conditions().mirrorsInUse()).isEqualTo(1);
        assertThat(other.countDown()).isEqualTo(1);
        assertThat(first.isWaiting()).isTrue();
        assertThat(mine.countDown()).isZero();
        assertThat(first.result() && second.result() && remote.result()).isTrue();
    }

    @Test
    void isCreatedOnceWhateverAnswersAreLost() {
        FaultRule lost = a.store.onNextTxn(txn -> true).loseAnswer();
        assertThat(mine.create(3)).isTrue();
        assertThat(lost.hits()).isEqualTo(1);
        assertThat(other.create(5)).isFalse();
        assertThat(other.count()).isEqualTo(3);
    }

    @Test
    void countsOnceWhenAnAnswerIsLost() {
        mine.create(3);
        FaultRule lost = a.store.onNextTxn(txn -> true).loseAnswer();
        assertThat(mine.countDown()).isEqualTo(2);
        assertThat(lost.hits()).isEqualTo(1);
        assertThat(other.count()).isEqualTo(2);
    }

    @Test
    void staysOpen() throws InterruptedException {
        mine.create(1);
        mine.countDown();
        assertThat(mine.countDown()).isZero();
        mine.await();
        assertThat(other.await(Duration.ZERO)).isTrue();
        assertThat(other.create(1)).isFalse();
    }

    @Test
    void thatDoesNotExistIsWaitedForAndNotCounted() {
        Caller<Boolean> early = waiting(mine);
        assertThat(catchThrowableOfType(CoordinationException.class, mine::countDown)
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(catchThrowableOfType(CoordinationException.class, mine::count)
                        .code())
                .isEqualTo(ErrorCode.NOT_FOUND);
        mine.create(1);
        assertThat(early.isWaiting()).isTrue();
        mine.countDown();
        assertThat(early.result()).isTrue();
    }

    @Test
    void thatWasDeletedIsWaitedForAgain() {
        mine.create(1);
        Caller<Boolean> waiting = waiting(mine);
        assertThat(other.delete()).isTrue();
        assertThat(other.create(1)).isTrue();
        assertThat(waiting.isWaiting()).isTrue();
        other.countDown();
        assertThat(waiting.result()).isTrue();
    }

    @Test
    void isNotWaitedForLongerThanWanted() {
        mine.create(1);
        Caller<Boolean> brief = Caller.of(() -> mine.await(Duration.ofSeconds(3)));
        cluster.time.advance(Duration.ofMillis(2_999));
        assertThat(brief.isWaiting()).isTrue();
        cluster.time.advance(Duration.ofMillis(1));
        assertThat(brief.result()).isFalse();
    }

    @Test
    void isLeftByAnInterrupt() {
        mine.create(1);
        Caller<Boolean> waiting = waiting(mine);
        waiting.interrupt();
        assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void isWaitedForThroughAnOutage() {
        mine.create(1);
        a.store.disconnect();
        Caller<Boolean> waiting = waiting(mine);
        other.countDown();
        assertThat(waiting.isWaiting()).isTrue();
        a.store.reconnect();
        await().until(() -> {
            cluster.moment();
            return !waiting.isWaiting();
        });
        assertThat(waiting.result()).isTrue();
    }

    @Test
    void isNotWaitedForByAClosedCoordinator() {
        mine.create(1);
        Caller<Boolean> waiting = waiting(mine);
        a.close().join();
        assertThat(waiting.failure())
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        assertThat(catchThrowableOfType(CoordinationException.class, mine::count)
                        .code())
                .isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void withACorruptedValueIsAClearErrorAlsoForWhoWaits() {
        mine.create(1);
        Caller<Boolean> waiting = waiting(mine);
        cluster.memory
                .txn(Txn.always(Op.put(cluster.keys.latchPrefix("ready") + "count", Bytes.utf8("nonsense"), 0)))
                .join();
        assertThat(waiting.failure())
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR))
                .hasMessageContaining("latch 'ready'");
    }
}
