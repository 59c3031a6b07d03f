package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.ConflictException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.synchronizer.CounterValue;
import io.coordination.lock.synchronizer.DistributedCounter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockToolsContract} about counters. */
abstract class CounterRules extends LockFixture {

    @Nested
    class Counters {

        private static final int THREADS = 6;
        private static final int ADDITIONS = 15;

        private DistributedCounter of(Coordinator coordinator) {
            return coordinator.lock().counter(name);
        }

        @Test
        void beginAtZeroForEverybody() {
            assertThat(of(mine).read()).isEqualTo(new CounterValue(0, 0));
            assertThat(of(mine).compareAndSet(0, 5)).as("a fresh counter is 0").isTrue();
            assertThat(of(other).get()).isEqualTo(5);
            assertThat(of(another()).compareAndSet(0, 6)).isFalse();
        }

        @Test
        void loseNoAdditionUnderContention() {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                DistributedCounter counter = of(thread % 2 == 0 ? mine : other);
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < ADDITIONS; i++) {
                                counter.add(2);
                            }
                        },
                        ThreadPerTask.THREADS));
            }
            all.forEach(CompletableFuture::join);
            assertThat(of(mine).get()).isEqualTo(2L * THREADS * ADDITIONS);
        }

        @Test
        void letOneOfManyCompareAndSetsWin() {
            of(mine).set(1);
            List<CompletableFuture<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                DistributedCounter counter = of(i % 2 == 0 ? mine : other);
                int value = 10 + i;
                all.add(CompletableFuture.supplyAsync(() -> counter.compareAndSet(1, value), ThreadPerTask.THREADS));
            }
            assertThat(all.stream().filter(CompletableFuture::join)).hasSize(1);
        }

        @Test
        void keepVersionsApartAlsoWhenTheNumberIsTheSame() {
            CounterValue first = of(mine).set(7, 0);
            CounterValue second = of(other).set(7);
            assertThat(second.version()).isGreaterThan(first.version());
            ConflictException conflict =
                    catchThrowableOfType(ConflictException.class, () -> of(mine).set(8, first.version()));
            assertThat(conflict.current().orElseThrow().revision()).isEqualTo(second.version());
            assertThat(of(mine).set(8, second.version()).value()).isEqualTo(8);
        }

        @Test
        void areGoneOnceDeleted() {
            of(mine).add(3);
            assertThat(of(other).delete()).isTrue();
            assertThat(of(mine).delete()).isFalse();
            assertThat(of(mine).read()).isEqualTo(new CounterValue(0, 0));
        }

        @Test
        void belongToTheirModule() {
            of(mine).add(1);
            assertThat(of(mine.module("billing")).get()).isZero();
        }

        @Test
        void refuseWhatIsWrong() {
            assertFails(ErrorCode.VALIDATION_ERROR, () -> mine.lock().counter(""));
            assertFails(ErrorCode.VALIDATION_ERROR, () -> of(mine).set(1, -1));
            DistributedCounter counter = of(mine);
            mine.close();
            assertFails(ErrorCode.CLOSED, counter::get);
            assertFails(ErrorCode.CLOSED, () -> counter.add(1));
        }
    }
}
