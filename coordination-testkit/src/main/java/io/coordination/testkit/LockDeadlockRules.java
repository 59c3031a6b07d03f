package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.LockDeadlockException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.admin.LockPlace;
import io.coordination.lock.admin.LockWait;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockContract} about owners that wait for each other. */
abstract class LockDeadlockRules extends LockOperatorRules {

    private static final Duration THRESHOLD = Duration.ofMillis(500);

    private static LockOptions detecting(String owner) {
        return options().toBuilder()
                .detectDeadlocksAfter(THRESHOLD)
                .owner(LockOwner.named(owner))
                .build();
    }

    private LockHandle takeAs(Coordinator coordinator, String owner, String lock) {
        return granted(coordinator.lock().acquireAsync(name + lock, detecting(owner)));
    }

    private CompletableFuture<LockHandle> askAs(Coordinator coordinator, String owner, String lock) {
        CompletableFuture<LockHandle> asked = coordinator.lock().acquireAsync(name + lock, detecting(owner));
        // Places in the order of the calls, so that the youngest is known.
        for (int i = 0; i < 3; i++) {
            coordinator.ping();
        }
        return asked;
    }

    @Nested
    class ADeadlock {

        @Test
        void ofTwoCoordinatorsFailsTheYoungerWaitOnly() {
            LockHandle first = takeAs(mine, "t", "L");
            LockHandle second = takeAs(other, "u", "M");
            CompletableFuture<LockHandle> older = askAs(mine, "t", "M");
            CompletableFuture<LockHandle> younger = askAs(other, "u", "L");

            assertFails(ErrorCode.CONFLICT, younger);

            assertThat(younger.handle((lock, failure) -> failure).join())
                    .isInstanceOfSatisfying(LockDeadlockException.class, deadlock -> {
                        assertThat(deadlock.cycle()).extracting(LockWait::owner).containsExactly("u", "t");
                        assertThat(deadlock.cycle())
                                .extracting(LockWait::waitsFor)
                                .containsExactly(name + "L", name + "M");
                    });
            assertThat(older).isNotDone();
            assertThat(first.isHeld()).isTrue();
            second.unlock();
            granted(older).close();
        }

        @Test
        void ofThreadsThatBlockIsFoundWithoutNames() {
            LockOptions options =
                    options().toBuilder().detectDeadlocksAfter(THRESHOLD).build();
            CompletableFuture<Void> bothHold = new CompletableFuture<>();
            BlockedCall<Boolean> one = new BlockedCall<>(() -> cross(mine, "L", "M", options, bothHold));
            BlockedCall<Boolean> two = new BlockedCall<>(() -> cross(other, "M", "L", options, bothHold));
            await().atMost(SOON)
                    .until(() ->
                            !holders(mine, "L").isEmpty() && !holders(mine, "M").isEmpty());
            bothHold.complete(null);
            // Whoever was told has released what it held, so that the other got its lock.
            assertThat(one.result() ^ two.result()).isTrue();
        }

        private List<LockPlace> holders(Coordinator coordinator, String lock) {
            return coordinator.lock().admin().queue(name + lock).holders();
        }

        /** Whether the second lock was had. */
        private boolean cross(
                Coordinator coordinator,
                String holds,
                String wants,
                LockOptions options,
                CompletableFuture<Void> bothHold)
                throws InterruptedException {
            try (LockHandle held = coordinator.lock().acquire(name + holds, options)) {
                bothHold.join();
                try (LockHandle further = coordinator.lock().acquire(name + wants, options)) {
                    return held.isHeld() && further.isHeld();
                }
            } catch (LockDeadlockException told) {
                return false;
            }
        }

        @Test
        void isNoneWhenOnlyCoordinatorsWaitForEachOther() {
            LockHandle first = takeAs(mine, "t1", "L");
            LockHandle second = takeAs(other, "u1", "M");
            CompletableFuture<LockHandle> one = askAs(mine, "t2", "M");
            CompletableFuture<LockHandle> two = askAs(other, "u2", "L");
            await().during(THRESHOLD.multipliedBy(5))
                    .atMost(THRESHOLD.multipliedBy(20))
                    .until(() -> !one.isDone() && !two.isDone());
            first.unlock();
            second.unlock();
            granted(one).close();
            granted(two).close();
        }
    }
}
