package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Watch;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** History that is gone. */
@Timeout(60)
final class WatchHistoryTest extends WatchOnFake {

    private void isOver(Watch watch, String line) {
        recorder.await(line);
        assertThat(watch.isClosed()).isTrue();
        await().during(Duration.ofMillis(300)).until(() -> !etcd.hasWatchWaiting());
        assertThat(recorder.heard()).endsWith(line);
    }

    @Test
    void compactionEndsTheWatchWithTheOldestRevisionThatIsLeft() throws InterruptedException {
        Watch watch = watch(5);
        FakeWatch server = next();
        server.created(500).compacted(40);

        isOver(watch, "lost 40");
        assertThat(counts.heard()).endsWith("lost COMPACTED");
        assertThat(server.isCancelled())
                .as("cancelled what the server had ended")
                .isFalse();
    }

    @Test
    void compactionTheServerOnlyTellsInWordsEndsItToo() throws InterruptedException {
        Watch watch = watch(5);
        next().cancelled("etcdserver: mvcc: required revision has been compacted");

        isOver(watch, "lost 0");
    }

    @Test
    void anotherClusterBehindTheSameAddressEndsIt() throws InterruptedException {
        Watch watch = watch(5);
        next().created(9).puts(5).fail(Status.UNAVAILABLE);
        next().ofCluster(FakeWatch.CLUSTER + 1).created(9);

        isOver(watch, "lost 0");
        assertThat(counts.heard()).endsWith("lost HISTORY_CHANGED");
    }

    @Test
    void aStateBeforeThePositionThatIsCompactedAlreadyEndsItBeforeItIsOpened() {
        etcd.range.script(
                fail(Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision has been compacted")));

        Watch watch = watch(5);

        isOver(watch, "lost 0");
        assertThat(etcd.range.requests().get(0).getRevision()).isEqualTo(4);
    }

    @Test
    void aStoreThatHasGoneBackEndsIt() throws InterruptedException {
        Watch watch = watch(5);
        next().created(9).puts(5, 9).fail(Status.UNAVAILABLE);
        etcd.range.script(
                fail(Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision is a future revision")));

        isOver(watch, "lost 0");
    }

    @Test
    void aWatchFromTheFutureIsNoStoreThatHasGoneBack() throws InterruptedException {
        etcd.range.script(
                fail(Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision is a future revision")));
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
