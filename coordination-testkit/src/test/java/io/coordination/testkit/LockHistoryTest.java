package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LockHistoryTest {

    private static final String LOCK = "orders/42";

    private static LockObservation seen(String holder, long token, long before, long after) {
        return new LockObservation(LOCK, holder, token, before, after);
    }

    private static LockHistory history(LockObservation... seen) {
        return LockHistory.of(List.of(seen));
    }

    @Test
    void holdersOneAfterTheOtherAreAMutex() {
        LockHistory history = history(
                seen("a", 1, 10, 11),
                seen("a", 1, 19, 20),
                seen("b", 2, 21, 22),
                seen("b", 2, 28, 30),
                seen("a", 5, 31, 32),
                seen("a", 5, 40, 41));

        assertThat(history.violations()).isEmpty();
        assertThat(history.holds()).isEqualTo(3);
    }

    @Test
    void theOrderOfTheObservationsDoesNotMatter() {
        assertThat(history(seen("b", 2, 28, 30), seen("a", 1, 19, 20), seen("b", 2, 21, 22), seen("a", 1, 10, 11))
                        .violations())
                .isEmpty();
        assertThat(history(seen("b", 2, 28, 30), seen("a", 1, 19, 20), seen("b", 2, 15, 16), seen("a", 1, 10, 11))
                        .violations())
                .hasSize(1);
    }

    @Test
    void twoHoldersAtOnceAreNot() {
        LockHistory history =
                history(seen("a", 1, 10, 11), seen("a", 1, 25, 26), seen("b", 2, 20, 21), seen("b", 2, 30, 31));

        assertThat(history.overlaps()).singleElement().asString().contains("b with token 2", "a with token 1");
        assertThat(history.sharedTokens()).isEmpty();
    }

    @Test
    void aHoldInTheMiddleOfAnotherIsFoundThoughOthersCameBetween() {
        LockHistory history = history(
                seen("a", 1, 10, 11),
                seen("a", 1, 90, 91),
                seen("b", 2, 20, 21),
                seen("b", 2, 22, 23),
                seen("c", 3, 30, 31),
                seen("c", 3, 32, 33));

        assertThat(history.overlaps()).hasSize(2);
    }

    @Test
    void oneObservationInsideAnotherHoldIsEnough() {
        assertThat(history(seen("a", 1, 10, 11), seen("a", 1, 25, 26), seen("b", 2, 20, 21))
                        .overlaps())
                .hasSize(1);
    }

    @Test
    void tokensThatShrinkAreFoundWithoutAnOverlap() {
        assertThat(history(seen("a", 7, 10, 11), seen("a", 7, 12, 13), seen("b", 6, 20, 21), seen("b", 6, 22, 23))
                        .overlaps())
                .hasSize(1);
    }

    @Test
    void aTokenOfTwoHoldersIsFound() {
        LockHistory history = history(seen("a", 1, 10, 11), seen("b", 1, 20, 21));

        assertThat(history.sharedTokens()).singleElement().asString().contains("a with token 1", "b with token 1");
    }

    /** A thread that was paused between asking and reading the clock proves nothing about the meantime. */
    @Test
    void whatIsNotKnownIsNotHeldAgainstAnybody() {
        assertThat(history(seen("a", 1, 10, 50), seen("b", 2, 20, 21), seen("b", 2, 30, 31))
                        .violations())
                .isEmpty();
        assertThat(history(seen("a", 1, 10, 11), seen("b", 2, 5, 60)).violations())
                .isEmpty();
    }

    @Test
    void locksHaveHistoriesOfTheirOwn() {
        assertThat(LockHistory.of(List.of(
                                seen("a", 1, 10, 11),
                                seen("a", 1, 30, 31),
                                new LockObservation("other", "b", 1, 20, 21),
                                new LockObservation("other", "b", 1, 40, 41)))
                        .violations())
                .isEmpty();
    }

    @Test
    void longHistoriesAreCheckedInOrder() {
        List<LockObservation> good = IntStream.range(0, 5_000)
                .boxed()
                .flatMap(i -> LongStream.of(0, 5).mapToObj(at -> seen("h" + i, i, i * 10L + at, i * 10L + at + 1)))
                .toList();

        assertThat(LockHistory.of(good).violations()).isEmpty();
        assertThat(LockHistory.of(good).holds()).isEqualTo(5_000);
    }
}
