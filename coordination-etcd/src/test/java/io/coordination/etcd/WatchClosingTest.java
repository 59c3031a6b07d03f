package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.Store;
import io.coordination.store.WatchEvent;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of watches. */
@Timeout(60)
final class WatchClosingTest extends WatchOnFake {

    @Test
    void closingEndsTheWatchOnTheServerAndSilencesIt() throws InterruptedException {
        Watch watch = watch(5);
        FakeWatch stream = next();
        stream.created(9);
        recorder.await("opened 9");

        watch.close();
        watch.close();

        stream.awaitCancelled();
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
        own.set(store().watch(KEYS, 0, closing));
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
        own.set(store().watch(KEYS, 5, closing));
        set.countDown();
        FakeWatch stream = next();
        stream.created(9).puts(5, 6, 7);

        stream.awaitCancelled();
        assertThat(closing.heard()).containsExactly("opened 9", "revision 5 [k5]");
    }

    @Test
    void theStreamEndsTenSecondsAfterItsLastWatch() throws InterruptedException {
        storeOnOwnClock();
        Watch watch = watch(0);
        FakeWatch server = next();
        server.created(9);
        recorder.await("opened 9");

        watch.close();
        server.awaitCancelled();
        clock.advance(WatchLane.IDLE_LIMIT.minusMillis(1));
        assertThat(server.stream().isReset()).isFalse();
        clock.advance(Duration.ofMillis(1));

        server.awaitReset();
        assertThat(counts.heard()).endsWith("streams 0");
        assertThat(server.stream().progressRequests())
                .as("probes of an idle stream")
                .isZero();
    }

    @Test
    void aWatchThatComesInTimeKeepsTheStream() throws InterruptedException {
        storeOnOwnClock();
        Watch first = watch(0);
        FakeWatch server = next();
        server.stream().answeringProgress();
        server.created(9);
        recorder.await("opened 9");
        first.close();
        server.awaitCancelled();
        clock.advance(WatchLane.IDLE_LIMIT.minusMillis(1));

        watch(0);
        FakeWatch second = next();
        second.created(10);
        recorder.await("opened 10");
        clock.advance(Duration.ofSeconds(1));

        assertThat(second.stream()).isSameAs(server.stream());
        assertThat(second.id()).isNotEqualTo(server.id());
        assertThat(second.stream().isReset()).isFalse();
    }

    @Test
    void closingTheStoreClosesItsWatches() throws InterruptedException {
        Store store = store();
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
