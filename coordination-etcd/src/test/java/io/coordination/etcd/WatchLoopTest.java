package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.WatchEvent;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WatchLoopTest extends StoreOnFake {

    private static final KeyRange KEYS = KeyRange.prefix("/p/");

    private final WatchRecorder recorder = new WatchRecorder();

    private Watch watch(long fromRevision) {
        return open().watch(KEYS, fromRevision, recorder);
    }

    /** The next stream, once the client has asked for the watch on it. */
    private FakeWatch next() throws InterruptedException {
        FakeWatch stream = etcd.nextWatch();
        stream.request();
        return stream;
    }

    private long resumedAt() throws InterruptedException {
        return next().request().getStartRevision();
    }

    @Nested
    @DisplayName("Position")
    class Position {

        @Test
        void theWatchAsksForItsRangeFromItsRevisionAndRequiresALeader() throws InterruptedException {
            watch(7);
            FakeWatch stream = next();

            assertThat(stream.request()).isEqualTo(WireFormat.watch(KEYS, 7));
            assertThat(etcd.header(CallHeaders.HAS_LEADER)).endsWith("true");
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

    @Nested
    @DisplayName("Every end of a stream opens the next one")
    class EveryEnd {

        private void reopens() throws InterruptedException {
            next().created(20).puts(7);
            recorder.await("revision 7 [k7]");
            assertThat(recorder.interruptions()).hasSize(1);
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

    @Nested
    @DisplayName("Permissions")
    class Permissions {

        @Test
        void aMissingPermissionIsToldOnceAndAskedForAgainSlowly() throws InterruptedException {
            watch(0);
            next().refused("etcdserver: permission denied");
            recorder.await("interrupted PERMISSION_DENIED");

            await().during(Duration.ofMillis(1500)).until(() -> !etcd.hasWatchWaiting());
            next().created(10);

            recorder.await("opened 10");
            assertThat(recorder.interruptions()).hasSize(1);
        }

        @Test
        void aMissingPermissionAfterAnInterruptionIsToldAsWell() throws InterruptedException {
            watch(0);
            next().created(10).end();
            next().refused("etcdserver: permission denied");

            recorder.await("interrupted PERMISSION_DENIED");
        }
    }

    @Nested
    @DisplayName("Lost history")
    class LostHistory {

        private void isOver(Watch watch, String line) {
            recorder.await(line);
            assertThat(watch.isClosed()).isTrue();
            await().during(Duration.ofMillis(300)).until(() -> !etcd.hasWatchWaiting());
            assertThat(recorder.heard()).endsWith(line);
        }

        @Test
        void compactionEndsTheWatchWithTheOldestRevisionThatIsLeft() throws InterruptedException {
            Watch watch = watch(5);
            FakeWatch stream = next();
            stream.created(500).compacted(40);

            isOver(watch, "lost 40");
            stream.awaitReset();
        }

        @Test
        void compactionTheServerOnlyTellsInWordsEndsItToo() throws InterruptedException {
            Watch watch = watch(5);
            next().fail(Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision has been compacted"));

            isOver(watch, "lost 0");
        }

        @Test
        void anotherClusterBehindTheSameAddressEndsIt() throws InterruptedException {
            Watch watch = watch(5);
            next().created(9).puts(5).fail(Status.UNAVAILABLE);
            next().ofCluster(FakeWatch.CLUSTER + 1).created(9);

            isOver(watch, "lost 0");
        }

        @Test
        void aStateBeforeThePositionThatIsCompactedAlreadyEndsItBeforeItIsOpened() {
            etcd.range.script(fail(
                    Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision has been compacted")));

            Watch watch = watch(5);

            isOver(watch, "lost 0");
            assertThat(etcd.range.requests().get(0).getRevision()).isEqualTo(4);
        }

        @Test
        void aStoreThatHasGoneBackEndsIt() throws InterruptedException {
            Watch watch = watch(5);
            next().created(9).puts(5, 9).fail(Status.UNAVAILABLE);
            etcd.range.script(fail(
                    Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision is a future revision")));

            isOver(watch, "lost 0");
        }

        @Test
        void aWatchFromTheFutureIsNoStoreThatHasGoneBack() throws InterruptedException {
            etcd.range.script(fail(
                    Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision is a future revision")));
            watch(1000);

            assertThat(resumedAt()).isEqualTo(1000);
        }

        @Test
        void aCheckThatNobodyAnswersIsAnInterruption() throws InterruptedException {
            etcd.range.script(
                    fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader")),
                    fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader")),
                    fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader")),
                    answer(RangeResponse.getDefaultInstance()));
            watch(5);

            assertThat(resumedAt()).isEqualTo(5);
            assertThat(recorder.heard()).containsExactly("interrupted SERVICE_UNAVAILABLE");
        }
    }

    @Nested
    @DisplayName("Closing")
    class Closing {

        @Test
        void closingResetsTheStreamAndSilencesIt() throws InterruptedException {
            Watch watch = watch(5);
            FakeWatch stream = next();
            stream.created(9);
            recorder.await("opened 9");

            watch.close();
            watch.close();

            stream.awaitReset();
            assertThat(watch.isClosed()).isTrue();
            assertThat(recorder.heard()).containsExactly("opened 9");
            await().during(Duration.ofMillis(300)).until(() -> !etcd.hasWatchWaiting());
        }

        @Test
        void closingBetweenTwoStreamsOpensNoOther() throws InterruptedException {
            AtomicReference<Watch> own = new AtomicReference<>();
            CountDownLatch set = new CountDownLatch(1);
            WatchRecorder closing = new WatchRecorder() {
                @Override
                public void onInterrupted(CoordinationException cause) {
                    super.onInterrupted(cause);
                    awaitQuietly(set);
                    own.get().close();
                }
            };
            own.set(open().watch(KEYS, 0, closing));
            set.countDown();
            next().fail(Status.UNAVAILABLE);

            closing.await("interrupted CONNECTION_ERROR");
            await().during(Duration.ofMillis(500)).until(() -> !etcd.hasWatchWaiting());
        }

        @Test
        void nothingOfTheSameResponseFollowsACloseByTheListener() throws InterruptedException {
            AtomicReference<Watch> own = new AtomicReference<>();
            CountDownLatch set = new CountDownLatch(1);
            WatchRecorder closing = new WatchRecorder() {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    super.onRevision(revision, events);
                    awaitQuietly(set);
                    own.get().close();
                }
            };
            own.set(open().watch(KEYS, 5, closing));
            set.countDown();
            FakeWatch stream = next();
            stream.created(9).puts(5, 6, 7);

            stream.awaitReset();
            assertThat(closing.heard()).containsExactly("opened 9", "revision 5 [k5]");
        }

        @Test
        void closingTheStoreClosesItsWatches() throws InterruptedException {
            Store store = open();
            Watch watch = store.watch(KEYS, 0, recorder);
            FakeWatch stream = next();

            store.close();

            stream.awaitReset();
            assertThat(watch.isClosed()).isTrue();
            assertThatThrownBy(() -> store.watch(KEYS, 0, recorder))
                    .isInstanceOf(CoordinationException.class)
                    .hasMessageContaining("closed");
        }

        private static void awaitQuietly(CountDownLatch latch) {
            try {
                assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void whatAnotherStreamThanTheCurrentOneSaysIsDropped() throws InterruptedException {
        WatchLoop loop = (WatchLoop) watch(5);
        FakeWatch current = next();
        current.created(9);
        recorder.await("opened 9");
        WatchStream stale =
                WatchStream.open(new SilentChannel(), new Token(""), WireFormat.watch(KEYS, 5), Runnable::run, loop);

        stale.onMessage(WatchResponse.newBuilder().setCompactRevision(8).build());
        stale.onClose(Status.UNAVAILABLE, new Metadata());

        current.puts(5);
        recorder.await("revision 5 [k5]");
        assertThat(recorder.heard()).containsExactly("opened 9", "revision 5 [k5]");
    }

    /** A channel on which nothing ever happens. */
    private static final class SilentChannel extends Channel {
        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<R> listener, Metadata headers) {}

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(String message, Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {}
            };
        }

        @Override
        public String authority() {
            return "nowhere";
        }
    }

    @Test
    void aListenerThatThrowsHearsTheNextRevision() throws InterruptedException {
        WatchRecorder throwing = new WatchRecorder() {
            @Override
            public void onRevision(long revision, List<WatchEvent> events) {
                super.onRevision(revision, events);
                throw new IllegalStateException("as the test wants");
            }
        };
        open().watch(KEYS, 5, throwing);
        next().created(9).puts(5, 6).puts(7);

        throwing.await("revision 7 [k7]");
        assertThat(throwing.interruptions()).isEmpty();
    }

    @Test
    void aNegativeRevisionIsRefused() {
        assertThatThrownBy(() -> watch(-1))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("fromRevision is -1");
    }
}
