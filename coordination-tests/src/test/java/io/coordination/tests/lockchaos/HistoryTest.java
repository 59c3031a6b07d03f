package io.coordination.tests.lockchaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.tests.lockchaos.Increment.Outcome;
import io.coordination.tests.lockchaos.Journal.Entry;
import io.coordination.tests.lockchaos.Journal.Entry.What;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

    private static final long STARTED = System.nanoTime();

    private static History history(boolean mustHaveEnded, Entry... entries) {
        History history = new History();
        history.add("0.0", STARTED, List.of(entries), mustHaveEnded);
        return history;
    }

    private static Entry began() {
        return Entry.of(What.BEGAN, System.nanoTime());
    }

    @Test
    void aProcessThatFinishedEverythingIsFine() {
        History history = history(
                true,
                began(),
                Entry.of(What.ASKED, 1, "a", "TRY"),
                Entry.of(What.HELD, "a", 65_536, 10, 11),
                Entry.of(What.WRITING, "a", 65_536, 1),
                Entry.of(What.WROTE, "a", 65_536, Outcome.ACKNOWLEDGED),
                Entry.of(What.ANSWERED, 1, "granted"),
                Entry.of(What.ENDED));

        assertThat(history.broken()).isEmpty();
        assertThat(history.increments()).containsExactly(new Increment("a", 65_536, 1, Outcome.ACKNOWLEDGED));
        assertThat(history.observations()).hasSize(1);
    }

    @Test
    void aRequestWithoutAnAnswerIsFoundUnlessTheProcessWasKilled() {
        Entry asked = Entry.of(What.ASKED, 1, "a", "ACQUIRE");
        assertThat(history(true, began(), asked, Entry.of(What.ENDED)).broken())
                .singleElement()
                .asString()
                .contains("without an answer");
        assertThat(history(false, began(), asked).broken()).isEmpty();
    }

    @Test
    void aProcessThatDidNotCloseEverythingIsFound() {
        assertThat(history(true, began()).broken()).singleElement().asString().contains("did not close everything");
    }

    @Test
    void whatAProcessFoundBrokenIsKept() {
        assertThat(history(false, began(), Entry.of(What.BROKEN, "a tab\tand\na line"))
                        .broken())
                .containsExactly("process 0.0: a tab and a line");
    }

    @Test
    void anotherClockIsFound() {
        assertThat(history(false, Entry.of(What.BEGAN, STARTED - 1)).broken())
                .singleElement()
                .asString()
                .contains("another monotonic clock");
        assertThat(history(false, Entry.of(What.BEGAN, Long.MAX_VALUE)).broken())
                .hasSize(1);
    }

    @Test
    void anIncrementWithoutAnOutcomeIsUnknown() {
        assertThat(history(false, began(), Entry.of(What.WRITING, "a", 7, 1)).increments())
                .containsExactly(new Increment("a", 7, 1, Outcome.UNKNOWN));
    }

    @Test
    void aJournalIsReadUpToItsLastWholeLine(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("journal");
        List<Entry> written = new ArrayList<>(List.of(began(), Entry.of(What.HELD, "a", 1, 2, 3)));
        try (Journal journal = Journal.create(file)) {
            written.forEach(journal::write);
        }
        Files.writeString(file, "HELD\ta\t1", StandardOpenOption.APPEND);

        assertThat(Journal.read(file)).isEqualTo(written);
        assertThat(Journal.read(folder.resolve("none"))).isEmpty();
    }
}
