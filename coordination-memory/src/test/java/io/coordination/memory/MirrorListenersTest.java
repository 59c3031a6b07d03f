package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MirrorListenersTest extends MirrorRig {

    @Nested
    class Listeners {

        @Test
        void thatLeftHearNothing() {
            Mirror mirror = open();
            MirrorRecorder recorder = new MirrorRecorder(PREFIX);
            Watch subscription = mirror.subscribe(recorder);
            MirrorRecorder stays = record(mirror);

            subscription.close();
            write("a", "1");

            assertThat(subscription.isClosed()).isTrue();
            assertThat(recorder.lines()).containsExactly("snapshot 1 []");
            assertThat(stays.lines()).hasSize(2);
        }

        @Test
        void thatThrowHarmNoOther() {
            Mirror mirror = open();
            mirror.subscribe(new MirrorListener() {
                @Override
                public void onSnapshot(MirrorState state) {
                    throw new IllegalStateException("a failure on purpose");
                }

                @Override
                public void onChange(MirrorChange change) {
                    throw new IllegalStateException("a failure on purpose");
                }
            });
            MirrorRecorder recorder = record(mirror);

            write("a", "1");

            assertThat(recorder.lines()).containsExactly("snapshot 1 []", "2 a:->1");
        }

        @Test
        void thatThrowAtTheFirstSnapshotDoNotKeepTheMirrorFromBeingReady() {
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            mirror.subscribe(new MirrorListener() {
                @Override
                public void onSnapshot(MirrorState state) {
                    throw new IllegalStateException("a failure on purpose");
                }

                @Override
                public void onChange(MirrorChange change) {}
            });
            MirrorRecorder recorder = record(mirror);
            CompletableFuture<MirrorState> ready = mirror.ready();

            reading.release();

            assertThat(ready).isCompleted();
            assertThat(recorder.lines()).containsExactly("snapshot 1 []");
        }

        @Test
        void mayComeAndGoFromInsideACall() {
            Mirror mirror = open();
            MirrorRecorder inner = new MirrorRecorder(PREFIX);
            List<Watch> subscriptions = new ArrayList<>();
            subscriptions.add(mirror.subscribe(new MirrorListener() {
                @Override
                public void onSnapshot(MirrorState state) {}

                @Override
                public void onChange(MirrorChange change) {
                    subscriptions.get(0).close();
                    mirror.subscribe(inner);
                }
            }));

            write("a", "1");
            write("a", "2");

            assertThat(inner.lines()).containsExactly("snapshot 2 [a]", "3 a:1>2");
        }
    }

    @Nested
    class Closing {

        @Test
        void completesEveryFuture() {
            HeldCalls reading = faulty.onNext(StoreCall.Range.class).holdAnswer();
            Mirror mirror = open();
            CompletableFuture<MirrorState> ready = mirror.ready();
            CompletableFuture<Void> reached = mirror.reached(100);

            mirror.close();

            assertThat(failure(ready).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(reached).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(mirror.ready()).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(mirror.reached(1)).code()).isEqualTo(ErrorCode.CLOSED);
            reading.release();
            assertThat(faulty.watches().count()).isZero();
        }

        @Test
        void endsTheWatchAndTheCalls() {
            Mirror mirror = open();
            MirrorRecorder recorder = record(mirror);

            mirror.close();
            mirror.close();
            write("a", "1");

            assertThat(recorder.lines()).containsExactly("snapshot 1 []");
            assertThat(faulty.watches().count()).isZero();
        }

        @Test
        void endsTheAttemptsToRead() {
            faulty.disconnect();
            Mirror mirror = open();

            mirror.close();

            assertThat(time.pendingTasks()).isZero();
        }

        @Test
        void takesNoListenersAnyMore() {
            Mirror mirror = open();
            mirror.close();

            assertThat(record(mirror).lines()).isEmpty();
        }

        @Test
        void keepsTheLastState() {
            write("a", "1");
            Mirror mirror = open();

            mirror.close();

            assertThat(value(mirror, "a")).isEqualTo("1");
        }
    }
}
