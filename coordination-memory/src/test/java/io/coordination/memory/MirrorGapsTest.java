package io.coordination.memory;

import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.mirror.Mirror;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MirrorGapsTest extends MirrorRig {

    @Nested
    class Gaps {

        @Test
        void areFollowedByWhatWasMissedInOrder() {
            write("a", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            faulty.watches().cut();
            write("a", "2");
            write("a", "3");
            assertThat(value(mirror, "a")).isEqualTo("1");

            faulty.watches().resume();

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "3 a:1>2", "4 a:2>3");
        }

        @Test
        void overACompactionAreFollowedByTheDifferenceDeletesIncluded() {
            write("a", "1");
            write("b", "1");
            write("same", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            faulty.watches().cut();
            write("a", "2");
            write("a", "3");
            delete("b");
            write("c", "1");
            compact();

            faulty.watches().resume();
            readAnew();
            write("c", "2");

            assertThat(recorder.lines())
                    .containsExactly("snapshot 4 [a, b, same]", "resync 9 a:1>3 c:->1 b:1>-", "10 c:1>2");
            assertSameAsStore(mirror);
        }

        @Test
        void overACompactionThatChangedNothingAreNotTold() {
            write("a", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            faulty.watches().cut();
            put(memory, "/elsewhere", "1");
            compact();

            faulty.watches().resume();
            readAnew();
            write("a", "2");

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "5 a:1>2");
        }

        @Test
        void areBridgedEvenIfTheServerCannotBeReadAtFirst() {
            write("a", "1");
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);
            FaultRule outage = faulty.onEvery(StoreCall.Range.class).loseRequest();
            faulty.watches().cut();
            delete("a");
            put(memory, "/elsewhere", "1");
            compact();
            faulty.watches().resume();
            time.advance(Duration.ofSeconds(2));
            assertThat(value(mirror, "a")).as("the last known state").isEqualTo("1");

            outage.end();
            time.advance(Duration.ofSeconds(5));

            assertThat(recorder.lines()).containsExactly("snapshot 2 [a]", "resync 5 a:1>-");
            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void mayOpenBetweenTheReadingAndTheWatch() {
            faulty.onNext(StoreCall.Range.class).runBeforeAnswer(() -> {
                write("a", "1");
                put(memory, "/elsewhere", "1");
                compact();
            });

            Mirror mirror = open();
            readAnew();
            write("b", "1");

            assertSameAsStore(mirror);
            assertThat(faulty.watches().count()).isEqualTo(1);
        }

        @Test
        void thatFollowEachOtherLeaveOneWatch() {
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            faulty.watches().loseHistory(0);
            readAnew();
            faulty.watches().loseHistory(0);
            readAnew();
            write("a", "1");

            assertThat(faulty.watches().count()).isEqualTo(1);
            assertThat(recorder.lines()).containsExactly("snapshot 1 []", "2 a:->1");
        }
    }

    @Nested
    class Staleness {

        @Test
        void countsFromTheBreakOfTheConnection() {
            Mirror mirror = open();
            assertThat(mirror.staleFor()).isEmpty();
            time.advance(Duration.ofMinutes(1));
            faulty.watches().cut();
            assertThat(mirror.staleFor()).contains(Duration.ZERO);

            time.advance(Duration.ofSeconds(3));
            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(3));

            faulty.watches().resume();
            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void goesOnOverACompactionUntilTheStateWasReadAnew() {
            write("a", "1");
            Mirror mirror = open();
            faulty.watches().cut();
            time.advance(Duration.ofSeconds(2));
            put(memory, "/elsewhere", "1");
            compact();
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            faulty.watches().resume();
            time.advance(Duration.ofSeconds(1));
            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(3));

            reading.release();

            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void countsFromTheOpeningUntilTheFirstReading() {
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            time.advance(Duration.ofSeconds(1));
            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(1));

            reading.release();

            assertThat(mirror.staleFor()).isEmpty();
        }

        @Test
        void countsFromTheFirstReadingThatFailed() {
            faulty.disconnect();
            Mirror mirror = open();
            time.advance(Duration.ofSeconds(4));

            assertThat(mirror.staleFor()).contains(Duration.ofSeconds(4));
        }
    }
}
