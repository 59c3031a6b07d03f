package io.coordination.etcd;

import static io.coordination.etcd.Scripted.answer;
import static io.coordination.etcd.Scripted.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many watches on one stream. */
@Timeout(60)
final class SharedWatchStreamTest extends WatchOnFake {

    private List<FakeWatch> next(int count) throws InterruptedException {
        List<FakeWatch> watches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            watches.add(next());
        }
        return watches;
    }

    private WatchRecorder watch(String prefix, long from) {
        WatchRecorder other = new WatchRecorder();
        store().watch(KeyRange.prefix(prefix), from, other);
        return other;
    }

    @Test
    void watchesShareOneStreamAndEachHearsItsOwn() throws InterruptedException {
        WatchRecorder a = watch("/a/", 0);
        WatchRecorder b = watch("/b/", 0);
        FakeWatch ofA = next();
        FakeWatch ofB = next();

        ofB.created(11).puts(13);
        ofA.created(10).puts(12);

        a.await("revision 12 [k12]");
        b.await("revision 13 [k13]");
        assertThat(a.heard()).containsExactly("opened 10", "revision 12 [k12]");
        assertThat(b.heard()).containsExactly("opened 11", "revision 13 [k13]");
        assertThat(etcd.streams()).hasSize(1);
        assertThat(List.of(ofA.id(), ofB.id())).doesNotHaveDuplicates().allMatch(id -> id > 0);
        assertThat(counts.heard()).containsExactly("streams 1", "opened", "opened");
    }

    @Test
    void aFullStreamIsFollowedByAnother() throws InterruptedException {
        IntStream.rangeClosed(0, WatchLane.CAPACITY).forEach(i -> watch("/" + i + "/", 0));

        List<FakeWatch> watches = next(WatchLane.CAPACITY + 1);

        assertThat(etcd.streams()).hasSize(2);
        FakeStream first = watches.get(0).stream();
        assertThat(watches.stream().filter(watch -> watch.stream() == first)).hasSize(WatchLane.CAPACITY);
    }

    @Test
    void aBrokenStreamInterruptsAllOnceAndAllComeBackOnOneOther() throws InterruptedException {
        List<WatchRecorder> recorders =
                IntStream.range(0, 50).mapToObj(i -> watch("/" + i + "/", 0)).toList();
        List<FakeWatch> before = next(50);
        before.forEach(watch -> watch.created(10));
        recorders.forEach(each -> each.await("opened 10"));

        before.get(0).fail(Status.UNAVAILABLE);
        List<FakeWatch> after = next(50);
        after.forEach(watch -> watch.created(20));

        recorders.forEach(each -> each.await("opened 20"));
        assertThat(recorders)
                .allSatisfy(each -> assertThat(each.heard())
                        .containsExactly("opened 10", "interrupted CONNECTION_ERROR", "opened 20"));
        assertThat(after).allSatisfy(watch -> {
            assertThat(watch.stream()).isSameAs(after.get(0).stream());
            assertThat(watch.request().getStartRevision()).isEqualTo(11);
        });
        assertThat(etcd.streams()).hasSize(2);
    }

    @Test
    void watchesThatComeBackAreCheckedTogether() throws InterruptedException {
        List<WatchRecorder> recorders =
                IntStream.range(0, 50).mapToObj(i -> watch("/" + i + "/", 0)).toList();
        List<FakeWatch> before = next(50);
        for (int i = 0; i < 50; i++) {
            before.get(i).created(100 + i);
            recorders.get(i).await("opened " + (100 + i));
        }

        before.get(0).fail(Status.UNAVAILABLE);
        next(50);

        assertThat(etcd.range.requests())
                .extracting(request -> request.getRevision())
                .containsExactly(100L, 149L);
    }

    @Test
    void onlyThoseWhoseHistoryIsGoneAreLost() throws InterruptedException {
        List<WatchRecorder> recorders =
                IntStream.range(0, 4).mapToObj(i -> watch("/" + i + "/", 0)).toList();
        List<FakeWatch> before = next(4);
        for (int i = 0; i < 4; i++) {
            before.get(i).created(100 + i);
            recorders.get(i).await("opened " + (100 + i));
        }
        Status compacted =
                Status.OUT_OF_RANGE.withDescription("etcdserver: mvcc: required revision has been compacted");
        etcd.range.script(
                fail(compacted),
                answer(RangeResponse.getDefaultInstance()),
                fail(compacted),
                answer(RangeResponse.getDefaultInstance()));

        before.get(0).fail(Status.UNAVAILABLE);
        List<FakeWatch> after = next(2);

        recorders.get(0).await("lost 0");
        recorders.get(1).await("lost 0");
        assertThat(after.stream().map(watch -> watch.request().getStartRevision()))
                .containsExactlyInAnyOrder(103L, 104L);
        assertThat(etcd.range.requests())
                .extracting(request -> request.getRevision())
                .containsExactly(100L, 103L, 101L, 102L);
    }

    @Test
    void oneThatIsRefusedDoesNotDisturbTheOthers() throws InterruptedException {
        WatchRecorder good = watch("/good/", 0);
        WatchRecorder bad = watch("/bad/", 0);
        FakeWatch ofGood = next().created(10);
        FakeWatch ofBad = next();

        ofBad.refused("etcdserver: something new");
        FakeWatch again = next();
        again.created(11);

        bad.await("opened 11");
        assertThat(bad.heard()).containsExactly("interrupted SERVICE_UNAVAILABLE", "opened 11");
        assertThat(again.stream()).isSameAs(ofGood.stream());
        ofGood.puts(12);
        good.await("revision 12 [k12]");
        assertThat(good.heard()).containsExactly("opened 10", "revision 12 [k12]");
    }

    @Test
    void aRefusalWithoutAnIdConcernsTheOldestRequestThatIsOpen() throws InterruptedException {
        WatchRecorder first = watch("/1/", 0);
        WatchRecorder second = watch("/2/", 0);
        WatchRecorder third = watch("/3/", 0);
        List<FakeWatch> watches = next(3);

        watches.get(0).created(10);
        watches.get(1).refusedWithoutId("etcdserver: something new");
        watches.get(2).created(10);

        second.await("interrupted SERVICE_UNAVAILABLE");
        third.await("opened 10");
        assertThat(first.heard()).containsExactly("opened 10");
        assertThat(third.heard()).containsExactly("opened 10");
    }

    @Test
    void aRefusalWithoutAnIdMayConcernAWatchThatHasLeft() throws InterruptedException {
        Watch gone = watch(0);
        WatchRecorder other = watch("/other/", 0);
        List<FakeWatch> watches = next(2);
        gone.close();
        watches.get(0).awaitCancelled();

        watches.get(0).refusedWithoutId("etcdserver: something new");
        watches.get(1).created(10);

        other.await("opened 10");
        assertThat(other.heard()).containsExactly("opened 10");
        assertThat(recorder.heard()).isEmpty();
    }

    @Test
    void whatComesForTheFormerIdOfAWatchIsDropped() throws InterruptedException {
        watch(0);
        FakeWatch former = next().created(5);
        former.cancelled("");
        FakeWatch present = next();
        assertThat(present.stream()).isSameAs(former.stream());
        assertThat(present.id()).isNotEqualTo(former.id());

        former.puts(99);
        present.created(6).puts(7);

        recorder.await("revision 7 [k7]");
        assertThat(recorder.heard())
                .containsExactly("opened 5", "interrupted CONNECTION_ERROR", "opened 6", "revision 7 [k7]");
    }

    @Test
    void whatComesForAnIdThatHasLeftReachesNobody() throws InterruptedException {
        Watch gone = watch(0);
        WatchRecorder other = watch("/other/", 0);
        FakeWatch ofGone = next().created(5);
        FakeWatch ofOther = next().created(5);
        recorder.await("opened 5");
        gone.close();
        ofGone.awaitCancelled();

        ofGone.puts(6).cancelled("");
        ofOther.puts(7);

        other.await("revision 7 [k7]");
        assertThat(recorder.heard()).containsExactly("opened 5");
        assertThat(other.heard()).containsExactly("opened 5", "revision 7 [k7]");
    }

    @Test
    void anAnswerForWholeStreamsMovesNoPosition() throws InterruptedException {
        watch(0);
        FakeWatch server = next().created(5);
        server.stream()
                .send(WatchResponse.newBuilder()
                        .setWatchId(-1)
                        .setHeader(ResponseHeader.newBuilder()
                                .setClusterId(FakeWatch.CLUSTER)
                                .setRevision(1000))
                        .build());
        server.puts(6);

        recorder.await("revision 6 [k6]");
        assertThat(recorder.heard()).containsExactly("opened 5", "revision 6 [k6]");
    }

    @Test
    void aStreamThatFailsIsNotWaitedForByNewWatches() throws InterruptedException {
        storeOnOwnClock();
        watch(0);
        FakeWatch first = next();
        first.fail(Status.UNAVAILABLE);
        recorder.await("interrupted CONNECTION_ERROR");

        WatchRecorder other = watch("/other/", 0);
        next().created(7);

        other.await("opened 7");
        assertThat(other.heard()).containsExactly("opened 7");
    }

    @Test
    void instrumentationThatThrowsChangesNothing() throws InterruptedException {
        counts.throwAlways();
        watch(0);
        next().created(5).fail(Status.UNAVAILABLE);
        next().created(6).compacted(6);

        recorder.await("lost 6");
        assertThat(counts.heard())
                .containsExactly(
                        "streams 1",
                        "opened",
                        "streams 0",
                        "interrupted CONNECTION_ERROR",
                        "streams 1",
                        "opened",
                        "lost COMPACTED");
    }

    @Test
    void aBurstIsConfirmedInItsOwnTime() throws InterruptedException {
        storeOnOwnClock();
        List<WatchRecorder> recorders =
                IntStream.range(0, 4).mapToObj(i -> watch("/" + i + "/", 0)).toList();
        List<FakeWatch> watches = next(4);

        for (int i = 0; i < 4; i++) {
            clock.advance(WatchLane.OPENING_LIMIT.minusSeconds(1));
            watches.get(i).created(10);
            recorders.get(i).await("opened 10");
        }

        assertThat(etcd.streams()).hasSize(1);
    }

    @Test
    void noConfirmationAmongOtherTrafficIsABreak() throws InterruptedException {
        storeOnOwnClock();
        WatchRecorder heard = watch("/heard/", 0);
        FakeWatch server = next().created(10);
        heard.await("opened 10");
        WatchRecorder unheard = watch("/unheard/", 0);
        next();
        server.puts(11);
        heard.await("revision 11 [k11]");

        clock.advance(WatchLane.OPENING_LIMIT);

        unheard.await("interrupted TIMEOUT_ERROR");
        heard.await("interrupted TIMEOUT_ERROR");
        server.awaitReset();
        await().during(Duration.ofMillis(100)).until(() -> !etcd.hasWatchWaiting());
    }
}
