package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams on which nothing comes any more. */
@Timeout(60)
final class WatchSilenceTest extends WatchOnFake {

    @BeforeEach
    void stopTheClock() {
        storeOnOwnClock();
        etcd.answersNoProgress();
    }

    private FakeWatch opened(long revision) throws InterruptedException {
        FakeWatch server = next().created(revision);
        recorder.await("opened " + revision);
        return server;
    }

    private static void awaitProbe(FakeWatch server, int count) {
        await().until(() -> server.stream().progressRequests() == count);
    }

    private void goesSilent(FakeWatch server) {
        clock.advance(StreamPulse.SILENCE);
        clock.advance(StreamPulse.ANSWER);
        server.awaitReset();
        clock.advance(WatchBackoff.LONGEST);
    }

    @Test
    void aSilentStreamIsAskedAndGivenUpWithoutAnAnswer() throws InterruptedException {
        watch(0);
        FakeWatch server = opened(5);

        clock.advance(StreamPulse.SILENCE);
        awaitProbe(server, 1);
        clock.advance(StreamPulse.ANSWER.minusMillis(1));
        assertThat(recorder.heard()).containsExactly("opened 5");
        clock.advance(Duration.ofMillis(1));

        recorder.await("interrupted TIMEOUT_ERROR");
        server.awaitReset();
        clock.advance(Duration.ofMillis(50));
        assertThat(resumedAt()).isEqualTo(6);
        assertThat(counts.heard()).contains("silent");
    }

    @Test
    void anAnswerKeepsTheStreamAndMovesNothing() throws InterruptedException {
        watch(0);
        FakeWatch server = opened(5);
        server.stream().answeringProgress();

        clock.advance(StreamPulse.ANSWER);
        for (int probe = 1; probe <= 5; probe++) {
            clock.advance(StreamPulse.SILENCE.minus(StreamPulse.ANSWER));
            awaitProbe(server, probe);
            // What comes behind the answer was sent after it.
            server.puts(5 + probe);
            recorder.await("revision " + (5 + probe) + " [k" + (5 + probe) + "]");
            clock.advance(StreamPulse.ANSWER);
        }

        assertThat(recorder.interruptions()).isEmpty();
    }

    @Test
    void aBusyStreamIsNotAsked() throws InterruptedException {
        watch(0);
        FakeWatch server = opened(5);

        for (int revision = 6; revision < 20; revision++) {
            clock.advance(StreamPulse.SILENCE.minusMillis(1));
            server.puts(revision);
            recorder.await("revision " + revision + " [k" + revision + "]");
        }

        assertThat(server.stream().progressRequests()).isZero();
    }

    @Test
    void whereProgressIsNeverAnsweredACallTakesItsPlace() throws InterruptedException {
        watch(0);
        for (int round = 0; round < 3; round++) {
            goesSilent(opened(5 + round));
        }
        FakeWatch server = opened(50);
        int callsBefore = etcd.range.calls();

        clock.advance(StreamPulse.SILENCE);
        await().until(() -> etcd.range.calls() > callsBefore);
        assertThat(etcd.range.requests().get(callsBefore).getSerializable()).isTrue();
        assertThat(server.stream().progressRequests()).isZero();
    }

    @Test
    void aMemberThatDoesNotAnswerTheCallEitherIsGivenUp() throws InterruptedException {
        watch(0);
        for (int round = 0; round < 3; round++) {
            goesSilent(opened(5 + round));
        }
        FakeWatch server = opened(50);
        etcd.range.script(Scripted.hang());

        clock.advance(StreamPulse.SILENCE);
        clock.advance(StreamPulse.ANSWER);

        server.awaitReset();
    }

    @Test
    void whatTheListenerIsToldComesInOrder() throws InterruptedException {
        watch(0);
        FakeWatch server = opened(5);
        server.puts(6).progress(9).puts(10);

        recorder.await("revision 10 [k10]");
        assertThat(recorder.heard()).containsExactly("opened 5", "revision 6 [k6]", "progress 9", "revision 10 [k10]");
    }
}
