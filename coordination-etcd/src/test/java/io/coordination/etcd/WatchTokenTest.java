package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches and the token of the stream they are on. */
@Timeout(60)
final class WatchTokenTest extends WatchOnFake {

    private static final String INVALID = "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token";
    private static final String DENIED = "etcdserver: permission denied";

    private final Store store =
            open(options -> options.credentials("alice", "pw").instrumentation(counts));

    private WatchRecorder follow(String prefix) {
        WatchRecorder other = new WatchRecorder();
        store.watch(KeyRange.prefix(prefix), 0, other);
        return other;
    }

    @Test
    void aStreamWhoseTokenIsRefusedIsReplacedOnceWithoutAWord() throws InterruptedException {
        WatchRecorder one = follow("/1/");
        next().created(5);
        one.await("opened 5");
        etcd.streams().get(0).fail(Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"));

        next().created(7);

        one.await("opened 7");
        assertThat(one.heard()).containsExactly("opened 5", "opened 7");
        assertThat(etcd.login.calls()).isEqualTo(2);
    }

    @Test
    void aSecondRefusalOfTheStreamIsAnInterruption() throws InterruptedException {
        WatchRecorder one = follow("/1/");
        next().fail(Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"));
        next().fail(Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"));

        one.await("interrupted PERMISSION_DENIED");
        assertThat(etcd.login.calls()).isEqualTo(2);
    }

    @Test
    void watchesRefusedForTheirTokenMoveTogetherAfterOneLogin() throws InterruptedException {
        WatchRecorder old = follow("/old/");
        FakeWatch ofOld = next().created(5);
        old.await("opened 5");
        List<WatchRecorder> late =
                IntStream.range(0, 5).mapToObj(i -> follow("/" + i + "/")).toList();
        for (int i = 0; i < 5; i++) {
            next().refused(INVALID);
        }

        for (int i = 0; i < 6; i++) {
            next().created(8);
        }

        late.forEach(each -> each.await("opened 8"));
        late.forEach(each -> assertThat(each.heard()).containsExactly("opened 8"));
        old.await("opened 8");
        assertThat(old.interruptions()).isEmpty();
        assertThat(etcd.login.calls()).isEqualTo(2);
        assertThat(etcd.streams()).hasSize(2);
        ofOld.awaitReset();
    }

    @Test
    void aMissingPermissionCostsOneLoginAndItsNeighboursNothing() throws InterruptedException {
        WatchRecorder good = follow("/good/");
        FakeWatch ofGood = next().created(5);
        WatchRecorder bad = follow("/bad/");
        next().refused(DENIED);
        next().refused(DENIED);
        bad.await("interrupted PERMISSION_DENIED");

        next().refused(DENIED);
        FakeWatch last = next();
        last.created(9);

        bad.await("opened 9");
        // A token that had been dropped would be fetched anew for the next call at the latest.
        get(store.range(RangeQuery.key("/k")));
        assertThat(etcd.login.calls()).isEqualTo(2);
        assertThat(bad.heard()).containsExactly("interrupted PERMISSION_DENIED", "opened 9");
        assertThat(good.interruptions()).isEmpty();
        assertThat(ofGood.id()).isEqualTo(1);
    }

    @Test
    void aLoginThatFailsInterruptsTheWatch() throws InterruptedException {
        etcd.login.script(
                Scripted.fail(Status.UNAVAILABLE.withDescription("etcdserver: no leader")),
                Scripted.answer(
                        AuthenticateResponse.newBuilder().setToken("token").build()));
        Watch watch = store.watch(KEYS, 0, recorder);

        next().created(5);

        recorder.await("opened 5");
        assertThat(recorder.heard()).containsExactly("interrupted SERVICE_UNAVAILABLE", "opened 5");
        watch.close();
        await().during(Duration.ofMillis(100)).until(() -> !etcd.hasWatchWaiting());
    }
}
