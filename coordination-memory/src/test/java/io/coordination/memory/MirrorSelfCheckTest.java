package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.mirror.Mirror;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MirrorSelfCheckTest extends MirrorRig {

    private final LossyStore lossy = new LossyStore(memory.connect());
    private final FaultyStore way = FaultyStore.over(lossy, time);
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

    private long reads() {
        return way.calls().stream().filter(StoreCall.Range.class::isInstance).count();
    }

    @Nested
    class Repairs {

        @Test
        void whatWasLostWithinAboutAMinute() {
            write("changed", "1");
            write("gone", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            lossy.unheard(() -> {
                write("changed", "2");
                write("new", "1");
                delete("gone");
            });

            time.advance(Duration.ofSeconds(53));
            assertThat(recorder.lines()).containsExactly("snapshot 3 [changed, gone]");
            time.advance(Duration.ofSeconds(13 + 5));

            assertThat(recorder.lines())
                    .containsExactly("snapshot 3 [changed, gone]", "resync 6 changed:1>2 new:->1 gone:1>-");
            assertSameAsStore(mirror);
            assertThat(mirror.staleFor()).isEmpty();
            assertThat(observer.lines()).containsExactly("loaded 2 in 0", "DIFFERED 3");
            assertThat(log.warnings()).hasSize(1).first().asString().contains("was repaired");
        }

        @Test
        void againAndAgain() {
            Mirror mirror = open();
            for (int i = 0; i < 3; i++) {
                String value = "v" + i;
                lossy.unheard(() -> write("a", value));
                time.advance(Duration.ofSeconds(66 + 5));
                assertThat(value(mirror, "a")).isEqualTo(value);
            }
            assertThat(way.watches().count()).isEqualTo(1);
        }

        @Test
        void aLossThatLaterChangesOfOtherKeysHide() {
            write("a", "1");
            Mirror mirror = open();
            lossy.unheard(() -> delete("a"));
            write("b", "1");

            assertThat(now(mirror.check())).isTrue();

            assertThat(value(mirror, "a")).isEqualTo("-");
        }

        @Test
        void goOnAfterARepair() {
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            lossy.unheard(() -> write("a", "1"));
            write("b", "1");
            assertThat(now(mirror.check())).isTrue();

            write("a", "2");

            assertThat(recorder.lines()).containsExactly("snapshot 1 []", "3 b:->1", "resync 3 a:->1", "4 a:1>2");
        }
    }

    @Nested
    class LeavesAlone {

        @Test
        void aMirrorThatIsRight() {
            write("a", "1");
            Mirror mirror = open();
            put(memory, "/elsewhere", "1");

            assertThat(now(mirror.check())).isFalse();

            assertThat(observer.lines()).containsExactly("loaded 1 in 0");
            assertThat(log.warnings()).isEmpty();
        }

        @Test
        void whatChangedAfterTheReading() {
            write("a", "1");
            write("b", "1");
            Mirror mirror = open();
            HeldCalls reading = way.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<Boolean> check = mirror.check();
            write("a", "2");
            delete("b");
            write("c", "1");

            reading.release();

            assertThat(check).isCompletedWithValue(false);
            assertThat(observer.lines()).as("no other reading").containsExactly("loaded 2 in 0");
        }

        @Test
        void whatIsMerelyOnItsWay() {
            Mirror mirror = open();
            way.watches().hold();
            write("a", "1");
            CompletableFuture<Boolean> check = mirror.check();
            time.advance(Duration.ofSeconds(4));
            assertThat(check).isNotDone();

            way.watches().release();

            assertThat(check).isCompletedWithValue(false);
            assertThat(observer.lines()).containsExactly("loaded 0 in 0");
        }

        @Test
        void aMirrorWhoseWatchIsInterrupted() {
            Mirror mirror = open();
            way.watches().cut();
            write("a", "1");
            CompletableFuture<Boolean> check = mirror.check();

            time.advance(Duration.ofSeconds(5));

            assertThat(failure(check).code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
            way.watches().resume();
            assertThat(now(mirror.check())).isFalse();
        }

        @Test
        void everythingWhereTheStoreLosesNothing() {
            lossy.claimsToLoseNothing();
            open();

            time.advance(Duration.ofMinutes(10));

            assertThat(reads()).isEqualTo(1);
        }
    }

    @Nested
    class Asked {

        @Test
        void duringAnotherCheckItChecksAgain() {
            write("a", "1");
            Mirror mirror = open();
            HeldCalls reading = way.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<Boolean> first = mirror.check();
            CompletableFuture<Boolean> second = mirror.check();
            lossy.unheard(() -> write("a", "2"));
            write("b", "1");

            reading.release();

            assertThat(first).as("the reading was before the loss").isCompletedWithValue(false);
            assertThat(second).isCompletedWithValue(true);
        }

        @Test
        void beforeTheFirstLoadItIsAnsweredByThat() {
            HeldCalls reading = way.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            CompletableFuture<Boolean> check = mirror.check();
            assertThat(check).isNotDone();

            reading.release();

            assertThat(check).isCompletedWithValue(false);
        }

        @Test
        void itFailsWithWhatTheReadingFailsWith() {
            Mirror mirror = open();
            way.onNext(StoreCall.Range.class).loseRequest();

            assertThat(failure(mirror.check()).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(now(mirror.check())).isFalse();
        }

        @Test
        void itIsAnsweredByTheReadingAfterALostHistory() {
            Mirror mirror = open();
            HeldCalls reading = way.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<Boolean> check = mirror.check();
            lossy.unheard(() -> write("a", "1"));

            way.watches().loseHistory(0);

            assertThat(check).isCompletedWithValue(true);
            reading.release();
            assertSameAsStore(mirror);
        }

        @Test
        void itFailsWhenTheMirrorIsClosed() {
            Mirror mirror = open();
            HeldCalls reading = way.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<Boolean> first = mirror.check();
            CompletableFuture<Boolean> second = mirror.check();

            mirror.close();

            assertThat(failure(first).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(second).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(mirror.check()).code()).isEqualTo(ErrorCode.CLOSED);
            reading.release();
            assertThat(time.pendingTasks()).isZero();
        }

        @Test
        void itReadsKeysAlone() {
            Mirror mirror = open();
            long before = reads();

            now(mirror.check());

            assertThat(way.calls().subList((int) before, way.calls().size()))
                    .isNotEmpty()
                    .allMatch(call -> call instanceof StoreCall.Range range
                            && range.query().keysOnly());
        }
    }
}
