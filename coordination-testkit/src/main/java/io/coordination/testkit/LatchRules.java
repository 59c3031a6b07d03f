package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.synchronizer.DistributedLatch;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockToolsContract} about latches. */
abstract class LatchRules extends CounterRules {

    @Nested
    class Latches {

        private DistributedLatch of(Coordinator coordinator) {
            return coordinator.lock().latch(name);
        }

        private BlockedCall<Boolean> waiting(Coordinator coordinator) {
            return new BlockedCall<>(() -> {
                of(coordinator).await();
                return true;
            });
        }

        @Test
        void areCreatedOnce() {
            assertThat(of(mine).create(2)).isTrue();
            assertThat(of(other).create(5)).isFalse();
            assertThat(of(other).count()).isEqualTo(2);
        }

        @Test
        void openForEverybodyAtOnce() throws InterruptedException {
            of(mine).create(3);
            List<BlockedCall<Boolean>> waiting =
                    Stream.of(mine, other, other).map(this::waiting).toList();
            assertThat(of(mine).countDown()).isEqualTo(2);
            assertThat(of(other).countDown()).isEqualTo(1);
            assertThat(of(other).await(Duration.ZERO)).isFalse();
            assertThat(of(mine).countDown()).isZero();
            assertThat(waiting).allSatisfy(call -> assertThat(call.result()).isTrue());
            assertThat(of(mine).countDown()).as("never below zero").isZero();
            of(another()).await();
        }

        @Test
        void areWaitedForBeforeTheyExist() {
            BlockedCall<Boolean> early = waiting(other);
            assertFails(ErrorCode.NOT_FOUND, () -> of(mine).countDown());
            of(mine).create(1);
            of(mine).countDown();
            assertThat(early.result()).isTrue();
        }

        @Test
        void areLeftByTimeAndInterrupt() throws InterruptedException {
            of(mine).create(1);
            assertThat(of(mine).await(Duration.ofMillis(200))).isFalse();
            BlockedCall<Boolean> waiting = waiting(mine);
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        }

        @Test
        void endTheirWaitsWithTheCoordinator() {
            of(mine).create(1);
            BlockedCall<Boolean> waiting = waiting(mine);
            BlockedCall<Boolean> inModule = waiting(mine.module("billing"));
            mine.module("billing").close();
            assertThat(inModule.failure()).satisfies(hasCode(ErrorCode.CLOSED));
            mine.close();
            assertThat(waiting.failure()).satisfies(hasCode(ErrorCode.CLOSED));
        }

        @Test
        void refuseWhatIsWrong() {
            assertFails(ErrorCode.VALIDATION_ERROR, () -> mine.lock().latch(" "));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> of(mine).create(0));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> of(mine).await(Duration.ofMillis(-1)));
        }
    }
}
