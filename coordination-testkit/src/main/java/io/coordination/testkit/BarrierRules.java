package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.synchronizer.BarrierParty;
import io.coordination.lock.synchronizer.DistributedBarrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockToolsContract} about double barriers. */
abstract class BarrierRules extends LatchRules {

    @Nested
    class Barriers {

        private DistributedBarrier of(Coordinator coordinator, int parties) {
            return coordinator.lock().barrier(name, parties, SHORT_TTL);
        }

        private BlockedCall<BarrierParty> entering(Coordinator coordinator, int parties) {
            return new BlockedCall<>(() -> of(coordinator, parties).enter());
        }

        private BlockedCall<Boolean> leaving(BarrierParty party) {
            return new BlockedCall<>(() -> party.leave(SOON));
        }

        @Test
        void letAllInTogetherAndOutTogetherRoundAfterRound() {
            int parties = 4;
            int rounds = 3;
            AtomicInteger inside = new AtomicInteger();
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < parties; i++) {
                DistributedBarrier barrier = of(i % 2 == 0 ? mine : other, parties);
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int round = 0; round < rounds; round++) {
                                oneRound(barrier, inside, parties);
                            }
                        },
                        ThreadPerTask.THREADS));
            }
            all.forEach(CompletableFuture::join);
        }

        private void oneRound(DistributedBarrier barrier, AtomicInteger arrived, int parties) {
            try {
                int before = arrived.getAndIncrement();
                BarrierParty party = barrier.enter();
                assertThat(arrived.get()).isGreaterThanOrEqualTo(before - before % parties + parties);
                party.leave();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Test
        void refuseAPartyTooMany() {
            BlockedCall<BarrierParty> first = entering(mine, 2);
            BarrierParty second = entering(other, 2).result();
            BarrierParty party = first.result();
            assertFails(ErrorCode.CONFLICT, () -> of(mine, 2).enter());
            assertFails(ErrorCode.INVALID_STATE, () -> of(mine, 3).enter());
            BlockedCall<Boolean> left = leaving(party);
            second.close();
            assertThat(left.result()).isTrue();
        }

        @Test
        void areLeftByTimeAndInterruptWithoutATrace() throws InterruptedException {
            assertThat(of(mine, 2).enter(Duration.ZERO)).isEmpty();
            assertThat(of(mine, 2).enter(Duration.ofMillis(200))).isEmpty();
            BlockedCall<BarrierParty> interrupted = entering(mine, 2);
            interrupted.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            BlockedCall<BarrierParty> first = entering(mine, 2);
            entering(other, 2).result().close();
            first.result().close();
        }

        @Test
        void freeThePlaceOfACoordinatorThatIsGone() {
            BlockedCall<BarrierParty> gone = entering(mine, 2);
            mine.close();
            assertThat(gone.failure()).satisfies(hasCode(ErrorCode.CLOSED));
            BlockedCall<BarrierParty> first = entering(other, 2);
            BarrierParty second = entering(another(), 2).result();
            BarrierParty party = first.result();
            BlockedCall<Boolean> left = leaving(party);
            second.close();
            assertThat(left.result()).isTrue();
        }

        @Test
        void endWithACoordinatorThatIsInside() {
            BlockedCall<BarrierParty> first = entering(mine, 2);
            BarrierParty second = entering(other, 2).result();
            BarrierParty party = first.result();
            mine.close();
            assertThat(party.isPresent()).isFalse();
            assertThat(leaving(second).result()).isTrue();
        }

        @Test
        void refuseWhatIsWrong() {
            assertFails(ErrorCode.VALIDATION_ERROR, () -> of(mine, 0));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> of(mine, 101));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> mine.lock().barrier("", 2));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> of(mine, 2).enter(Duration.ofMillis(-1)));
        }
    }
}
