package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.KeyRange;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that come in parts. */
@Timeout(60)
final class WatchFragmentTest extends WatchOnFake {

    @Test
    void aRevisionIsDeliveredOnceItsLastFragmentHasCome() throws InterruptedException {
        watch(5);
        FakeWatch server = next().created(9).fragment(5, 6, 7).fragment(7, 7);
        recorder.await("revision 6 [k6]");
        assertThat(recorder.heard()).containsExactly("opened 9", "revision 5 [k5]", "revision 6 [k6]");

        server.puts(7, 8);

        recorder.await("revision 8 [k8]");
        assertThat(recorder.heard()).endsWith("revision 7 [k7, k7, k7, k7]", "revision 8 [k8]");
    }

    @Test
    void aDropBetweenFragmentsResumesAtTheRevisionThatIsNotComplete() throws InterruptedException {
        watch(5);
        next().created(9).fragment(5, 6, 7).fail(Status.UNAVAILABLE);
        FakeWatch again = next();
        assertThat(again.request().getStartRevision()).isEqualTo(7);

        again.created(9).puts(7, 7);

        recorder.await("revision 7 [k7, k7]");
    }

    @Test
    void progressBetweenFragmentsIsNotBelieved() throws InterruptedException {
        watch(5);
        next().created(9).fragment(5, 6).progress(300).fail(Status.UNAVAILABLE);

        assertThat(resumedAt()).isEqualTo(6);
        assertThat(recorder.heard()).doesNotContain("progress 300");
    }

    @Test
    void fragmentsOfTwoWatchesMayAlternate() throws InterruptedException {
        WatchRecorder other = new WatchRecorder();
        watch(5);
        store().watch(KeyRange.prefix("/other/"), 5, other);
        FakeWatch one = next().created(9);
        FakeWatch two = next().created(9);

        one.fragment(5, 6);
        two.fragment(5);
        one.puts(6);
        two.puts(5, 5);

        recorder.await("revision 6 [k6, k6]");
        other.await("revision 5 [k5, k5, k5]");
    }
}
