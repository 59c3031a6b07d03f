package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every end of a stream opens the next one. */
@Timeout(60)
final class WatchReopeningTest extends WatchOnFake {

    private void reopens() throws InterruptedException {
        next().created(20).puts(7);
        recorder.await("revision 7 [k7]");
        // A silent stream is replaced too, some seconds later: that must not make up for an end that nobody noticed.
        assertThat(recorder.interruptions())
                .singleElement()
                .satisfies(cause -> assertThat(cause.getMessage()).doesNotContain("silent"));
    }

    @Test
    void theServerEndsItWithoutAnError() throws InterruptedException {
        watch(7);
        next().created(10).end();
        reopens();
        assertThat(recorder.interruptions().get(0)).hasMessageContaining("the server ended the watch");
    }

    @Test
    void unavailableWithoutAnyWords() throws InterruptedException {
        watch(7);
        next().created(10).fail(Status.UNAVAILABLE);
        reopens();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UNKNOWN",
                "CANCELLED",
                "DEADLINE_EXCEEDED",
                "RESOURCE_EXHAUSTED",
                "ABORTED",
                "INTERNAL",
                "UNIMPLEMENTED"
            })
    void anyOtherStatus(String code) throws InterruptedException {
        watch(7);
        next().created(10).fail(Status.Code.valueOf(code).toStatus().withDescription("whatever"));
        reopens();
    }

    @Test
    void lossOfTheLeader() throws InterruptedException {
        watch(7);
        next().created(10).fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader"));
        reopens();
        assertThat(recorder.interruptions().get(0).code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    }

    @Test
    void createdAndCancelledForAnUnknownReason() throws InterruptedException {
        watch(7);
        next().refused("etcdserver: something new");
        reopens();
        assertThat(recorder.interruptions().get(0)).hasMessageContaining("something new");
    }

    @Test
    void cancelledLaterWithoutAReason() throws InterruptedException {
        watch(7);
        next().created(10).cancelled("");
        reopens();
    }

    @Test
    void aSecondFailureInARowIsNotToldAgain() throws InterruptedException {
        watch(7);
        next().created(10).end();
        next().fail(Status.UNAVAILABLE);
        next().fail(Status.UNKNOWN);
        reopens();
    }

    @Test
    void theOldStreamIsResetWhenTheWatchOnItWasCancelled() throws InterruptedException {
        watch(7);
        FakeWatch first = next();
        first.created(10).cancelled("whatever");

        first.awaitReset();
    }

    @Test
    void noConfirmationWithinFiveSeconds() throws InterruptedException {
        watch(7);
        FakeWatch silent = next();

        FakeWatch second = next();
        silent.awaitReset();
        second.created(10);
        recorder.await("opened 10");
        assertThat(recorder.heard()).startsWith("interrupted TIMEOUT_ERROR");
    }
}
