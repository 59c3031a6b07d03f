package io.coordination.tests.lockchaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.tests.lockchaos.Increment.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardedWritesTest {

    private static final String LOCK = "orders/42";

    private static Increment tried(long token, long count, Outcome outcome) {
        return new Increment(LOCK, token, count, outcome);
    }

    private static StoredWrite stored(long token, long count, long revision) {
        return new StoredWrite(LOCK, token, count, revision);
    }

    private static List<String> violations(List<Increment> tried, List<StoredWrite> stored, long counter) {
        return new GuardedWrites(tried, stored, Map.of(LOCK, counter)).violations();
    }

    @Test
    void exactCountersAreFine() {
        assertThat(violations(
                        List.of(
                                tried(1, 1, Outcome.ACKNOWLEDGED),
                                tried(2, 2, Outcome.REFUSED),
                                tried(3, 2, Outcome.UNKNOWN),
                                tried(4, 3, Outcome.ACKNOWLEDGED),
                                tried(5, 4, Outcome.UNKNOWN)),
                        List.of(stored(1, 1, 10), stored(3, 2, 11), stored(4, 3, 15)),
                        3))
                .isEmpty();
    }

    @Test
    void nothingAtAllIsFine() {
        assertThat(violations(List.of(), List.of(), 0)).isEmpty();
    }

    /** Its caller gave up, the next holder had read the counter before: one of the two is lost, and nobody was told otherwise. */
    @Test
    void anUnknownIncrementMayBeLostToTheNext() {
        assertThat(violations(
                        List.of(tried(1, 1, Outcome.UNKNOWN), tried(2, 1, Outcome.ACKNOWLEDGED)),
                        List.of(stored(1, 1, 10), stored(2, 1, 11)),
                        1))
                .isEmpty();
    }

    @Test
    void aLostUpdateIsFound() {
        assertThat(violations(
                        List.of(tried(1, 1, Outcome.ACKNOWLEDGED), tried(2, 1, Outcome.ACKNOWLEDGED)),
                        List.of(stored(1, 1, 10), stored(2, 1, 11)),
                        1))
                .hasSize(2)
                .anyMatch(text -> text.startsWith("lost the increment to 1"))
                .anyMatch(text -> text.contains("counts 1 after 2 acknowledged"));
    }

    @Test
    void aWriteWithAnOldTokenIsFound() {
        assertThat(violations(
                        List.of(tried(7, 1, Outcome.ACKNOWLEDGED), tried(6, 2, Outcome.ACKNOWLEDGED)),
                        List.of(stored(7, 1, 10), stored(6, 2, 11)),
                        2))
                .singleElement()
                .asString()
                .startsWith("accepted after token 7");
    }

    @Test
    void anAcknowledgedWriteThatIsNotThereIsFound() {
        assertThat(violations(List.of(tried(1, 1, Outcome.ACKNOWLEDGED)), List.of(), 0))
                .anyMatch(text -> text.startsWith("acknowledged and not there"));
    }

    @Test
    void aRefusedWriteThatIsThereIsFound() {
        assertThat(violations(List.of(tried(1, 1, Outcome.REFUSED)), List.of(stored(1, 1, 10)), 1))
                .anyMatch(text -> text.startsWith("refused and there"));
    }

    @Test
    void aWriteOfNobodyIsFound() {
        assertThat(violations(List.of(), List.of(stored(1, 1, 10)), 1))
                .singleElement()
                .asString()
                .startsWith("tried by nobody");
    }

    @Test
    void anotherValueThanTriedIsFound() {
        assertThat(violations(List.of(tried(1, 1, Outcome.ACKNOWLEDGED)), List.of(stored(1, 2, 10)), 1))
                .singleElement()
                .asString()
                .startsWith("tried ");
    }

    @Test
    void aCounterThatSomebodyElseRaisedIsFound() {
        assertThat(violations(
                        List.of(tried(1, 1, Outcome.ACKNOWLEDGED), tried(2, 2, Outcome.UNKNOWN)),
                        List.of(stored(1, 1, 10)),
                        3))
                .singleElement()
                .asString()
                .contains("counts 3 after 1 acknowledged and 1 unknown");
    }
}
