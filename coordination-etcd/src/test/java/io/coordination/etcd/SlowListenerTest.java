package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.WatchEvent;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener that takes its time, and its neighbours on the same stream. */
@Timeout(60)
final class SlowListenerTest extends WatchOnFake {

    private static final int LARGE = 4 << 20;

    private final CountDownLatch unblocked = new CountDownLatch(1);

    /** Is slow at the first revision, by the clock of the test, and blocks at the second. */
    private final WatchRecorder blocking = new WatchRecorder() {
        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            super.onRevision(revision, events);
            if (heard().size() == 2) {
                clock.advance(Handover.SLOW.plusMillis(1));
            } else {
                unblocked.countDown();
                awaitUninterrupted(released);
            }
        }
    };

    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void release() {
        released.countDown();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private FakeWatch blocked() throws InterruptedException {
        FakeWatch server = next().created(5).puts(6).puts(7);
        unblocked.await();
        return server;
    }

    @Test
    void theOthersHearTheirsWhileItBlocks() throws InterruptedException {
        storeOnOwnClock().watch(KeyRange.prefix("/slow/"), 5, blocking);
        blocked();

        store().watch(KEYS, 0, recorder);
        next().created(8).puts(9);

        recorder.await("revision 9 [k9]");
    }

    @Test
    void whatWaitsForItIsBoundedAndThenDropped() throws InterruptedException {
        Watch watch = storeOnOwnClock().watch(KeyRange.prefix("/slow/"), 5, blocking);
        FakeWatch server = blocked();
        long most = Handover.MOST_BYTES / LARGE;
        for (int i = 0; i <= most; i++) {
            server.largePut(8 + i, LARGE);
        }
        server.awaitCancelled();
        assertThat(watch.isClosed()).isTrue();
        assertThat(counts.heard()).contains("lost OVERRUN");

        released.countDown();

        blocking.await("lost 0");
        assertThat(blocking.heard()).containsExactly("opened 5", "revision 6 [k6]", "revision 7 [k7]", "lost 0");
    }
}
