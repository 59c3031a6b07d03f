package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a watch goes on after a stream broke. */
@Timeout(60)
final class WatchPositionOnStreamTest extends WatchOnFake {

    @Test
    void theWatchAsksForItsRangeFromItsRevisionAndRequiresALeader() throws InterruptedException {
        watch(7);
        FakeWatch stream = next();

        assertThat(stream.request()).isEqualTo(WatchWire.create(KEYS, 7, 1).getCreateRequest());
        assertThat(etcd.header(CallHeaders.HAS_LEADER)).contains("true");
    }

    @Test
    void aDropRightAfterOpeningResumesAtTheRevisionAskedFor() throws InterruptedException {
        watch(5);
        next().created(500).fail(Status.UNAVAILABLE);

        assertThat(resumedAt()).isEqualTo(5);
    }

    @Test
    void aDropAfterEventsResumesBehindTheLastOne() throws InterruptedException {
        watch(5);
        next().created(500).puts(5, 9).fail(Status.UNAVAILABLE);

        assertThat(resumedAt()).isEqualTo(10);
    }

    @Test
    void aDropAfterProgressResumesBehindIt() throws InterruptedException {
        watch(5);
        next().created(500).progress(300).fail(Status.UNAVAILABLE);

        assertThat(resumedAt()).isEqualTo(301);
        assertThat(recorder.heard()).contains("progress 300");
    }

    @Test
    void aWatchFromNowResumesBehindItsFloor() throws InterruptedException {
        watch(0);
        FakeWatch first = next();
        assertThat(first.request().getStartRevision()).isZero();
        first.created(500).fail(Status.UNAVAILABLE);

        assertThat(resumedAt()).isEqualTo(501);
    }

    @Test
    void aWatchFromNowThatWasNeverOpenedStillBeginsNow() throws InterruptedException {
        watch(0);
        next().fail(Status.UNAVAILABLE);

        assertThat(resumedAt()).isZero();
    }

    @Test
    void whatTheServerRepeatsIsDeliveredOnce() throws InterruptedException {
        watch(5);
        next().created(9).puts(5, 6).fail(Status.UNAVAILABLE);
        next().created(9).puts(5, 6, 7);

        recorder.await("revision 7 [k7]");
        assertThat(recorder.heard())
                .containsExactly(
                        "opened 9",
                        "revision 5 [k5]",
                        "revision 6 [k6]",
                        "interrupted CONNECTION_ERROR",
                        "opened 9",
                        "revision 7 [k7]");
    }

    @Test
    void oneRevisionIsOneCall() throws InterruptedException {
        watch(5);
        next().created(9).puts(5, 5, 6);

        recorder.await("revision 6 [k6]");
        assertThat(recorder.heard()).containsExactly("opened 9", "revision 5 [k5, k5]", "revision 6 [k6]");
    }
}
