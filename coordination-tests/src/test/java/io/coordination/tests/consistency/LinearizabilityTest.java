package io.coordination.tests.consistency;

import static io.coordination.tests.consistency.Operation.ABSENT;
import static io.coordination.tests.consistency.Operation.NEVER;
import static io.coordination.tests.consistency.Operation.read;
import static io.coordination.tests.consistency.Operation.swap;
import static io.coordination.tests.consistency.Operation.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearizabilityTest {

    private static boolean holds(Operation... history) {
        return Linearizability.holds(List.of(history));
    }

    @Test
    void aRegisterBeginsAbsent() {
        assertThat(holds()).isTrue();
        assertThat(holds(read(ABSENT, 1, 2))).isTrue();
        assertThat(holds(read(7, 1, 2))).isFalse();
    }

    @Nested
    class Sequential {

        @Test
        void aReadSeesTheLastWrite() {
            assertThat(holds(write(1, 1, 2), write(2, 3, 4), read(2, 5, 6))).isTrue();
            assertThat(holds(write(1, 1, 2), write(2, 3, 4), read(1, 5, 6))).isFalse();
        }

        @Test
        void aSwapNeedsWhatItExpects() {
            assertThat(holds(write(1, 1, 2), swap(1, 2, 3, 4), read(2, 5, 6))).isTrue();
            assertThat(holds(write(1, 1, 2), write(3, 3, 4), swap(1, 2, 5, 6))).isFalse();
        }

        @Test
        void onlyOneSwapFromOneValueSucceeds() {
            assertThat(holds(write(1, 1, 2), swap(1, 2, 3, 6), swap(1, 3, 3, 6)))
                    .isFalse();
        }

        @Test
        void aLostWriteIsFound() {
            assertThat(holds(write(1, 1, 2), read(ABSENT, 3, 4))).isFalse();
        }
    }

    @Nested
    class Concurrent {

        @Test
        void aReadDuringAWriteMaySeeEither() {
            assertThat(holds(write(1, 1, 2), write(2, 3, 8), read(1, 4, 5), read(2, 6, 7)))
                    .isTrue();
        }

        @Test
        void butNotTheOldOneAfterTheNewOne() {
            assertThat(holds(write(1, 1, 2), write(2, 3, 8), read(2, 4, 5), read(1, 6, 7)))
                    .isFalse();
        }

        @Test
        void twoReadersAgreeOnTheOrderOfWrites() {
            assertThat(holds(write(1, 1, 9), write(2, 1, 9), read(1, 10, 11), read(1, 12, 13)))
                    .isTrue();
            assertThat(holds(write(1, 1, 9), write(2, 1, 9), read(1, 10, 11), read(2, 12, 13)))
                    .isFalse();
        }
    }

    @Nested
    class Unanswered {

        @Test
        void mayNeverTakeEffect() {
            assertThat(holds(write(1, 1, NEVER), read(ABSENT, 5, 6))).isTrue();
        }

        @Test
        void mayTakeEffectLongAfterwards() {
            assertThat(holds(write(1, 1, NEVER), write(2, 3, 4), read(2, 5, 6), read(1, 7, 8)))
                    .isTrue();
        }

        @Test
        void takesEffectOnceAtMost() {
            assertThat(holds(
                            write(1, 1, NEVER),
                            write(2, 3, 4),
                            read(1, 5, 6),
                            write(3, 7, 8),
                            read(3, 9, 10),
                            read(1, 11, 12)))
                    .isFalse();
        }

        @Test
        void doesNotTakeEffectBeforeItWasAsked() {
            assertThat(holds(read(1, 1, 2), write(1, 3, NEVER))).isFalse();
        }

        @Test
        void swapStillNeedsWhatItExpects() {
            assertThat(holds(write(1, 1, 2), swap(1, 2, 3, NEVER), read(2, 5, 6)))
                    .isTrue();
            assertThat(holds(write(1, 1, 2), swap(9, 2, 3, NEVER), read(2, 5, 6)))
                    .isFalse();
        }

        @Test
        void mayExplainAnotherUnansweredOne() {
            assertThat(holds(write(1, 1, NEVER), swap(1, 2, 3, NEVER), read(2, 5, 6)))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void historiesOfARealRegisterHold(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            List<Operation> history = RandomHistory.ofARegister(random, 50, 6);
            assertThat(Linearizability.holds(history)).as("%s", history).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void historiesWithAReadOfWhatWasLongOverwrittenDoNot(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            List<Operation> history = new ArrayList<>(RandomHistory.ofARegister(random, 30, 4));
            long end = 1_000_000;
            history.add(write(-1, end, end + 1));
            history.add(write(-2, end + 2, end + 3));
            history.add(read(-1, end + 4, end + 5));
            assertThat(Linearizability.holds(history)).as("%s", history).isFalse();
        }
    }

    /** Small histories with answers at random, of which some hold and some do not: tried in every order there is. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithTryingEveryOrder(long seed) {
        Random random = new Random(seed);
        int held = 0;
        int rounds = 400;
        for (int i = 0; i < rounds; i++) {
            List<Operation> history = RandomHistory.ofGuesses(random, 1 + random.nextInt(6));
            boolean expected = RandomHistory.someOrderExplains(history);
            assertThat(Linearizability.holds(history)).as("%s", history).isEqualTo(expected);
            held += expected ? 1 : 0;
        }
        assertThat(held).as("both answers must occur").isBetween(rounds / 20, rounds - rounds / 20);
    }

    @Test
    void saysWhenAHistoryIsTooTangled() {
        List<Operation> history = new ArrayList<>(
                IntStream.rangeClosed(1, 24).mapToObj(i -> write(i, 1, 100)).toList());
        IntStream.rangeClosed(1, 24).forEach(i -> history.add(read(i, 1, 100)));
        history.add(read(99, 101, 102));
        assertThatThrownBy(() -> Linearizability.holds(history)).hasMessageContaining("too tangled");
    }
}
