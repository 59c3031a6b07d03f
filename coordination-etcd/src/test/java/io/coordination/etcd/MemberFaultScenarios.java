package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionState;
import io.coordination.testkit.EtcdMember;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Members of a cluster of three that die, freeze, lose their leader and come back, seen through one store. */
@Timeout(180)
abstract class MemberFaultScenarios extends FaultSuite {

    private static final Duration TTL = Duration.ofSeconds(5);
    private static final Duration FAIL_OVER = Duration.ofSeconds(3);
    /** What a busy machine may add. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    @AfterEach
    void bringAllBack() {
        for (EtcdMember member : etcd().cluster().members()) {
            member.start();
            member.resume();
        }
        etcd().cluster().members().forEach(EtcdMember::awaitHealthy);
    }

    /** Each leader dies when it has applied an operation whose answer has not arrived. */
    @Test
    void aGuardedCounterCountsEachOperationOnceWhileLeadersDie() {
        List<FaultProxy> ways = IntStream.range(0, 3).mapToObj(this::proxyTo).toList();
        Store writer = open(
                ways.stream().map(way -> way.uri().toString()).toList(),
                settings -> settings.requestTimeout(Duration.ofSeconds(20)));
        GuardedCounter counter = new GuardedCounter(direct(), writer, prefix);
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            List<CompletableFuture<Void>> work = IntStream.range(0, 4)
                    .mapToObj(worker -> CompletableFuture.runAsync(
                            () -> IntStream.range(0, 100).forEach(i -> counter.raise(worker + "-" + i)), workers))
                    .toList();
            for (int kill = 1; kill <= 2; kill++) {
                int reached = kill * 60;
                await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> counter.operations() > reached);
                EtcdMember victim = etcd().cluster().leader();
                FaultProxy way = ways.get(etcd().cluster().members().indexOf(victim));
                way.swallowAnswers();
                awaitALostAnswer(counter);
                victim.kill();
                way.heal();
                etcd().cluster().leader();
                victim.start();
                victim.awaitHealthy();
            }
            work.forEach(StoreOnEtcd::get);
        } finally {
            workers.shutdownNow();
        }

        assertThat(counter.operations()).isEqualTo(400);
        assertThat(counter.value()).isEqualTo(400);
        assertThat(counter.unknownOutcomes()).isGreaterThanOrEqualTo(2);
    }

    /** No answer takes this long unless it is lost; and the writers end up waiting for theirs, one after the other. */
    private static void awaitALostAnswer(GuardedCounter counter) {
        Set<String> before = new HashSet<>();
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofSeconds(1))
                .ignoreExceptions()
                .until(() -> {
                    Set<String> now = counter.appliedAndUnheard();
                    boolean lost = now.stream().anyMatch(before::contains);
                    before.clear();
                    before.addAll(now);
                    return lost;
                });
    }

    /** The leader freezes: others elect, and no call takes longer than a fail-over or is refused. */
    @Test
    void aLeaderThatHangsCostsAFailOverAndNoCall() {
        Store store = direct();
        Mirror mirror = mirror(store);
        Session session = get(sessions(store).reserve(TTL));
        get(mirror.ready());
        get(store.txn(put(prefix + "k", "before")));
        etcd().cluster().leader().pause();
        long frozen = System.nanoTime();

        long last = 0;
        Duration worst = Duration.ZERO;
        for (int i = 0; i < 30; i++) {
            long began = System.nanoTime();
            last = get(store.txn(put(prefix + "k", "" + i))).revision();
            get(store.range(RangeQuery.key(prefix + "k")));
            worst = since(began).compareTo(worst) > 0 ? since(began) : worst;
        }

        assertThat(worst).isLessThan(FAIL_OVER.plus(SLACK));
        long written = last;
        await().atMost(FAIL_OVER.plus(TTL)).until(() -> mirror.state().revision() >= written);
        await().atMost(TTL.plus(SLACK)).until(() -> since(frozen).compareTo(TTL.plusSeconds(1)) > 0);
        assertThat(session.isValid()).isTrue();
    }

    /** A client that knows every member, one of which hangs, does not keep hanging on it. */
    @Test
    void aFollowerThatHangsIsLeftAlone() {
        Store store = direct();
        Mirror mirror = mirror(store);
        get(mirror.ready());
        IntStream.range(0, 6).forEach(i -> get(store.range(RangeQuery.key(prefix))));
        etcd().cluster().followers().get(0).pause();
        long frozen = System.nanoTime();
        await().atMost(FAIL_OVER.plus(SLACK)).until(() -> {
            long began = System.nanoTime();
            IntStream.range(0, 6).forEach(i -> get(store.range(RangeQuery.key(prefix))));
            return since(began).compareTo(Duration.ofSeconds(1)) < 0;
        });
        assertThat(since(frozen)).isLessThan(FAIL_OVER.plus(SLACK));

        long revision = get(store.txn(put(prefix + "k", "seen"))).revision();

        await().atMost(FAIL_OVER.plus(SLACK).plusSeconds(3))
                .until(() -> mirror.state().revision() >= revision);
    }

    /** Only one member answers, and it knows no leader. */
    @Test
    void aMemberWithoutALeaderServesOldReadsAndNothingElse() {
        Store alone =
                open(List.of(etcd().endpoints().get(0)), settings -> settings.requestTimeout(Duration.ofSeconds(2)));
        Store all = open(etcd().endpoints(), settings -> settings.requestTimeout(Duration.ofSeconds(2)));
        get(alone.txn(put(prefix + "k", "before")));
        Mirror mirror = mirror(alone);
        get(mirror.ready());
        RevisionLog log = new RevisionLog();
        all.watch(KeyRange.prefix(prefix), 0, log);
        log.awaitOpened();
        etcd().cluster().member(1).pause();
        etcd().cluster().member(2).pause();

        await().atMost(Duration.ofSeconds(15)).until(() -> mirror.staleFor().isPresent());
        for (Store store : List.of(alone, all)) {
            long began = System.nanoTime();
            CoordinationException failure = failure(store.txn(put(prefix + "k", "lost")));
            assertThat(since(began)).isLessThan(Duration.ofSeconds(2).plus(SLACK));
            assertThat(failure.code())
                    .isIn(ErrorCode.SERVICE_UNAVAILABLE, ErrorCode.TIMEOUT_ERROR, ErrorCode.CONNECTION_ERROR);
            assertThat(failure.retryable()).isTrue();
        }
        assertThat(get(alone.range(RangeQuery.key(prefix + "k").asSerializable()))
                        .first())
                .isPresent();
        assertThat(mirror.state().get(prefix + "k")).isPresent();

        bringAllBack();
        long[] revision = new long[1];
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> (revision[0] =
                                get(alone.txn(put(prefix + "after", "x"))).revision())
                        > 0);
        get(mirror.reached(revision[0]));
        log.awaitRevision(revision[0]);
        await().atMost(Duration.ofSeconds(10)).until(() -> mirror.staleFor().isEmpty());
    }

    @Test
    void aSessionAMirrorAndAWatchOutliveARestartOfAllMembers() {
        Store store = direct();
        Session session = get(sessions(store).reserve(Duration.ofSeconds(20)));
        get(store.txn(put(prefix + "a", "before")));
        Mirror mirror = mirror(store);
        get(mirror.ready());
        RevisionLog log = new RevisionLog();
        store.watch(KeyRange.prefix(prefix), 0, log);
        log.awaitOpened();

        etcd().cluster().members().forEach(EtcdMember::kill);
        bringAllBack();

        long[] revision = new long[1];
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> (revision[0] =
                                get(store.txn(put(prefix + "a", "after"))).revision())
                        > 0);
        log.awaitRevision(revision[0]);
        get(mirror.reached(revision[0]));
        get(session.renewNow());
        assertThat(session.isValid()).isTrue();
        assertThat(log.revisions()).contains(revision[0]).doesNotHaveDuplicates();
        assertThat(log.lost()).isZero();
        await().atMost(Duration.ofSeconds(10)).until(() -> session.state() == SessionState.CONNECTED);
    }
}
