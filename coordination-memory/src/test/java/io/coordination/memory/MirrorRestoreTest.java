package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.RangeQuery;
import io.coordination.store.mirror.Mirror;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The store is replaced by another one: a restored backup, or another cluster. */
class MirrorRestoreTest extends MirrorRig {

    private final MemoryStore other = MemoryStore.create(time);
    private final ForwardingStore switched = new ForwardingStore(memory);
    private final FaultyStore way = FaultyStore.over(switched, time);
    private final MirrorObserver observer = new MirrorObserver();
    private final LogLines log = new LogLines(Mirror.class);

    @AfterEach
    void stop() {
        log.close();
    }

    @Override
    Mirror open() {
        return Mirror.open(way, time, PREFIX, observer);
    }

    private void replace() {
        switched.target(other);
        way.watches().loseHistory(0);
    }

    private void assertShowsTheOther(Mirror mirror) {
        assertThat(mirror.state().entries().values())
                .containsExactlyInAnyOrderElementsOf(
                        now(other.range(RangeQuery.prefix(PREFIX))).entries());
    }

    @Test
    void theDifferenceIsToldAndReportedEvenIfRevisionsGoBack() {
        write("a", "1");
        write("b", "1");
        Mirror mirror = open();
        MirrorRecorder recorder = record(mirror);
        put(other, PREFIX + "a", "0");

        replace();
        readAnew();
        put(other, PREFIX + "a", "9");

        assertThat(recorder.lines()).containsExactly("snapshot 3 [a, b]", "resync 2 a:1>0 b:1>-", "3 a:0>9");
        assertThat(observer.lines()).containsExactly("loaded 2 in 0", "HISTORY_CHANGED 2");
        assertThat(log.warnings()).hasSize(1).first().asString().contains("restored or replaced");
    }

    @Test
    void anEntryOfAnotherHistoryWithTheSameRevisionIsAChange() {
        write("a", "1");
        Mirror mirror = open();
        put(other, PREFIX + "a", "2");

        replace();
        readAnew();

        assertThat(value(mirror, "a")).isEqualTo("2");
        assertShowsTheOther(mirror);
    }

    @Test
    void whoWaitsForARevisionOfTheFormerHistoryLearnsThatItIsGone() {
        write("a", "1");
        Mirror mirror = open();
        way.watches().hold();
        long revision = write("a", "2");
        CompletableFuture<Void> waiting = mirror.reached(revision);

        replace();
        way.watches().release();

        assertThat(failure(waiting).code()).isEqualTo(ErrorCode.INVALID_STATE);
        assertThat(failure(waiting)).hasMessageContaining("revision 3").hasMessageContaining("restored");
    }

    @Test
    void whoWaitsForARevisionThatTheNewHistoryHasTooIsTold() {
        write("a", "1");
        Mirror mirror = open();
        put(other, PREFIX + "a", "2");
        put(other, PREFIX + "a", "3");
        CompletableFuture<Void> waiting = mirror.reached(3);

        replace();

        assertThat(waiting).isCompleted();
    }

    @Test
    void whoComesDuringTheReadingWaitsForTheNewHistory() {
        write("a", "1");
        write("a", "2");
        write("a", "3");
        for (int i = 0; i < 9; i++) {
            put(other, PREFIX + "a", "older");
        }
        Mirror mirror = open();
        HeldCalls reading = way.onNext(StoreCall.Range.class).holdAnswer();
        CompletableFuture<Void> before = mirror.reached(100);
        replace();
        CompletableFuture<Void> during = mirror.reached(put(other, PREFIX + "a", "new"));

        reading.release();

        assertThat(before).isCompletedExceptionally();
        assertThat(during).isCompleted();
        assertShowsTheOther(mirror);
    }

    @Test
    void aCompactionAloneFailsNobody() {
        Mirror mirror = open();
        CompletableFuture<Void> waiting = mirror.reached(100);

        way.watches().loseHistory(0);
        readAnew();

        assertThat(waiting).isNotDone();
        assertThat(observer.lines()).containsExactly("loaded 0 in 0", "COMPACTED 0");
    }

    @Test
    void aCheckNoticesItToo() {
        write("a", "1");
        write("a", "2");
        Mirror mirror = open();
        switched.target(other); // and the watch hears nothing
        put(other, PREFIX + "b", "1");

        assertThat(now(mirror.check())).isTrue();

        assertShowsTheOther(mirror);
        assertThat(observer.lines()).containsExactly("loaded 1 in 0", "HISTORY_CHANGED 2");
    }

    @Test
    void aCheckNoticesAnotherHistoryThatLooksTheSame() {
        write("a", "1");
        Mirror mirror = open();
        switched.target(other);
        put(other, PREFIX + "a", "2"); // with the same revision

        assertThat(now(mirror.check())).isTrue();

        assertShowsTheOther(mirror);
    }

    @Test
    void anotherClusterIsNoticedThoughItsRevisionsAreHigher() {
        write("a", "1");
        Mirror mirror = open();
        for (int i = 0; i < 5; i++) {
            put(other, PREFIX + "b", "1");
        }

        replace();
        readAnew();

        assertShowsTheOther(mirror);
        assertThat(observer.lines()).last().isEqualTo("HISTORY_CHANGED 2");
    }
}
