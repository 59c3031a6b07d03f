package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.store.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ManualTimeTest {

    private final ManualTime time = new ManualTime();
    private final long start = time.nanoTime();
    private final Instant wallStart = time.now();
    private final List<String> ran = new ArrayList<>();

    private TimeSource.Timer schedule(int seconds, String name) {
        return time.schedule(Duration.ofSeconds(seconds), () -> ran.add(name + "@" + passedSeconds()));
    }

    private long passedSeconds() {
        return Duration.ofNanos(time.nanoTime() - start).toSeconds();
    }

    @Nested
    class Clocks {

        @Test
        void timeStandsStillUntilItIsMoved() {
            assertThat(time.nanoTime()).isEqualTo(start);
            assertThat(time.now()).isEqualTo(wallStart);

            time.advance(Duration.ofMillis(1500));

            assertThat(time.nanoTime() - start).isEqualTo(1_500_000_000);
            assertThat(time.now()).isEqualTo(wallStart.plusMillis(1500));
        }

        @Test
        void monotonicTimeOverflowsSoon() {
            time.advance(Duration.ofSeconds(10));

            assertThat(time.nanoTime()).isNegative();
            assertThat(time.nanoTime() - start).isEqualTo(Duration.ofSeconds(10).toNanos());
        }

        @Test
        void theWallClockJumpsAloneAndRunsNothing() {
            schedule(1, "task");

            time.jumpWall(Duration.ofHours(2));
            assertThat(time.now()).isEqualTo(wallStart.plus(Duration.ofHours(2)));
            time.jumpWall(Duration.ofHours(-3));

            assertThat(time.now()).isEqualTo(wallStart.minus(Duration.ofHours(1)));
            assertThat(time.nanoTime()).isEqualTo(start);
            assertThat(ran).isEmpty();
        }
    }

    @Nested
    class Tasks {

        @Test
        void dueTasksRunInTheOrderOfTheirTimesAndSeeThem() {
            schedule(3, "c");
            schedule(1, "a");
            schedule(2, "b");
            schedule(9, "later");

            time.advance(Duration.ofSeconds(5));

            assertThat(ran).containsExactly("a@1", "b@2", "c@3");
            assertThat(passedSeconds()).isEqualTo(5);
            assertThat(time.pendingTasks()).isEqualTo(1);
        }

        @Test
        void tasksOfOneTimeRunInTheOrderTheyWereScheduled() {
            IntStream.range(0, 5).forEach(i -> schedule(1, "" + i));

            time.advance(Duration.ofSeconds(1));

            assertThat(ran).containsExactly("0@1", "1@1", "2@1", "3@1", "4@1");
        }

        @Test
        void aTaskThatIsNotDueYetDoesNotRun() {
            schedule(2, "task");

            time.advance(Duration.ofSeconds(2).minusNanos(1));
            assertThat(ran).isEmpty();
            time.advance(Duration.ofNanos(1));

            assertThat(ran).containsExactly("task@2");
        }

        @Test
        void tasksScheduledByTasksRunWhenTheyAreDue() {
            time.schedule(Duration.ofSeconds(1), () -> {
                schedule(1, "inner");
                schedule(7, "too late");
            });
            schedule(3, "outer");

            time.advance(Duration.ofSeconds(3));

            assertThat(ran).containsExactly("inner@2", "outer@3");
        }

        @Test
        void aTaskWithoutDelayWaitsForTheNextAdvance() {
            schedule(0, "now");
            schedule(-1, "earlier");
            assertThat(ran).isEmpty();

            time.advance(Duration.ZERO);

            assertThat(ran).containsExactly("now@0", "earlier@0");
        }

        @Test
        void aCancelledTaskDoesNotRun() {
            TimeSource.Timer timer = schedule(1, "cancelled");
            schedule(1, "kept");

            timer.cancel();
            timer.cancel();
            time.advance(Duration.ofSeconds(1));

            assertThat(ran).containsExactly("kept@1");
            assertThat(time.pendingTasks()).isZero();
        }

        @Test
        void aTaskMayCancelAnotherOfTheSameTime() {
            List<TimeSource.Timer> timers = new ArrayList<>();
            time.schedule(Duration.ofSeconds(1), () -> timers.get(0).cancel());
            timers.add(schedule(1, "cancelled"));

            time.advance(Duration.ofSeconds(1));

            assertThat(ran).isEmpty();
        }

        @Test
        void aFailureOfATaskReachesTheTestAndTheRestRunsNextTime() {
            time.schedule(Duration.ofSeconds(1), () -> {
                throw new IllegalStateException("broken");
            });
            schedule(2, "next");

            assertThatThrownBy(() -> time.advance(Duration.ofSeconds(5))).hasMessage("broken");
            assertThat(passedSeconds()).isEqualTo(1);
            time.advance(Duration.ofSeconds(1));

            assertThat(ran).containsExactly("next@2");
        }

        @Test
        void theNextTaskCanBeJumpedTo() {
            schedule(4, "a");
            schedule(4, "b");
            schedule(6, "c");

            assertThat(time.advanceToNextTask()).contains(Duration.ofSeconds(4));
            assertThat(ran).containsExactly("a@4", "b@4");
            assertThat(time.advanceToNextTask()).contains(Duration.ofSeconds(2));
            assertThat(time.advanceToNextTask()).isEmpty();
        }

        @Test
        void closingDropsAllTasksAndTakesNoMore() {
            schedule(1, "dropped");
            time.close();
            time.close();
            schedule(1, "refused").cancel();

            time.advance(Duration.ofSeconds(2));

            assertThat(ran).isEmpty();
            assertThat(time.pendingTasks()).isZero();
        }

        @Test
        void threadsMayScheduleWhileAnotherAdvances() {
            ConcurrentLinkedQueue<Integer> done = new ConcurrentLinkedQueue<>();
            List<CompletableFuture<Void>> threads = IntStream.range(0, 4)
                    .mapToObj(thread -> CompletableFuture.runAsync(() -> IntStream.range(0, 250)
                            .forEach(i -> time.schedule(Duration.ofMillis(i), () -> done.add(i)))))
                    .toList();
            while (!threads.stream().allMatch(CompletableFuture::isDone)) {
                time.advance(Duration.ofMillis(1));
            }
            time.advance(Duration.ofSeconds(1));

            assertThat(done).hasSize(1000);
        }
    }
}
