package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchEvent;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches and mirrors of one real member behind a proxy: cuts, compaction, and more than fits into one message. */
@Timeout(120)
abstract class WatchFaultScenarios extends FaultSuite {

    private static final int MANY = 10_000;

    /** Each connection ends in the middle of an answer, after at least one whole batch of history has passed. */
    @Test
    void cutsInTheMiddleOfTheHistoryLoseAndRepeatNothing() {
        Store writer = open(etcd().endpoints(), settings -> settings.requestTimeout(Duration.ofSeconds(60)));
        Bytes kibibyte = Bytes.utf8("x".repeat(1024));
        List<CompletableFuture<TxnResult>> puts = IntStream.range(0, 5_000)
                .mapToObj(i -> writer.txn(Txn.always(Op.put(prefix + "k", kibibyte, 0))))
                .toList();
        List<Long> written =
                puts.stream().map(put -> get(put).revision()).sorted().toList();
        FaultProxy proxy = proxyTo(0);
        Store store = through(proxy, Duration.ofSeconds(5));
        AtomicInteger cuts = new AtomicInteger();
        RevisionLog log = new RevisionLog() {
            @Override
            public void onOpened(long revision) {
                super.onOpened(revision);
                if (cuts.incrementAndGet() <= 3) {
                    proxy.cutAfterBytesToClient(1_500_000);
                }
            }
        };

        store.watch(KeyRange.prefix(prefix), written.get(0), log);

        log.awaitRevision(written.get(written.size() - 1));
        assertThat(log.revisions()).isEqualTo(written);
        assertThat(log.interrupted()).isEqualTo(3);
    }

    @Test
    void aMirrorThatMissedACompactionFindsTheDifferenceDeletesIncluded() {
        Store other = direct();
        List.of("changed", "deleted", "kept").forEach(key -> get(other.txn(put(prefix + key, "before"))));
        FaultProxy proxy = proxyTo(0);
        Mirror mirror = mirror(through(proxy, Duration.ofSeconds(5)));
        MirrorLog log = new MirrorLog();
        get(mirror.ready());
        mirror.subscribe(log);
        proxy.disconnect();
        await().until(() -> mirror.staleFor().isPresent());
        get(other.txn(put(prefix + "changed", "between")));
        get(other.txn(Txn.always(Op.delete(prefix + "deleted"))));
        get(other.txn(put(prefix + "made", "after")));
        long last = get(other.txn(put(prefix + "changed", "after"))).revision();
        etcd().cluster().compact(last);
        assertThat(mirror.state().get(prefix + "deleted")).isPresent();

        proxy.accept();

        get(mirror.reached(last));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(mirror.staleFor()).isEmpty());
        assertThat(log.words())
                .containsExactly("+" + prefix + "made", "-" + prefix + "deleted", "~" + prefix + "changed");
        assertThat(log.changes())
                .singleElement()
                .satisfies(change -> assertThat(change.resync()).isTrue());
        long next = get(other.txn(put(prefix + "kept", "followed"))).revision();
        get(mirror.reached(next));
    }

    /** With keys this long the deletes do not fit into one message of the server. */
    @Test
    void theEndOfALeaseWithTenThousandKeysIsOneRevision() {
        Store store = direct();
        long lease = freshLease();
        get(store.grant(lease, Duration.ofSeconds(60)));
        putMany(store, MANY, "n".repeat(200), Bytes.utf8("x"), lease);
        Mirror mirror = mirror(store);
        assertThat(get(mirror.ready()).entries()).hasSize(MANY);
        MirrorLog steps = new MirrorLog();
        mirror.subscribe(steps);
        RevisionLog log = new RevisionLog();
        store.watch(KeyRange.prefix(prefix), 0, log);
        log.awaitOpened();

        get(store.revoke(lease));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(log.batches())
                        .singleElement()
                        .satisfies(batch -> assertThat(batch.events())
                                .hasSize(MANY)
                                .allMatch(WatchEvent.Delete.class::isInstance)));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(mirror.state().entries()).isEmpty());
        assertThat(steps.changes())
                .singleElement()
                .satisfies(change -> assertThat(change.changes()).hasSize(MANY));
        assertReplayedWholeAfterACut(log.batches().get(0));
    }

    /** The first part, of two mebibytes, has arrived when the connection ends; the revision comes again from its beginning. */
    private void assertReplayedWholeAfterACut(RevisionLog.Batch large) {
        FaultProxy proxy = proxyTo(0);
        AtomicInteger cuts = new AtomicInteger();
        RevisionLog log = new RevisionLog() {
            @Override
            public void onOpened(long revision) {
                super.onOpened(revision);
                if (cuts.incrementAndGet() == 1) {
                    proxy.cutAfterBytesToClient(2_300_000);
                }
            }
        };
        through(proxy, Duration.ofSeconds(5)).watch(KeyRange.prefix(prefix), large.revision(), log);

        log.awaitRevision(large.revision());
        assertThat(log.interrupted()).isEqualTo(1);
        assertThat(log.batches())
                .singleElement()
                .satisfies(batch -> assertThat(batch.events()).isEqualTo(large.events()));
    }

    @Test
    void tenThousandKeysAndEightMebibytesAreMirroredAndReplayed() {
        Store writer = direct();
        List<TxnResult> puts = putMany(writer, MANY, "big", Bytes.utf8("y".repeat(840)), 0);
        Store store = direct();
        Mirror mirror = mirror(store);
        RevisionLog log = new RevisionLog();

        assertThat(get(mirror.ready()).entries()).hasSize(MANY);
        store.watch(KeyRange.prefix(prefix), puts.get(0).revision(), log);

        log.awaitRevision(puts.get(puts.size() - 1).revision());
        assertThat(log.revisions())
                .isEqualTo(puts.stream().map(TxnResult::revision).toList());
        assertThat(log.events()).isEqualTo(MANY);
        get(writer.txn(Txn.always(Op.delete(KeyRange.prefix(prefix)))));
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(mirror.state().entries()).isEmpty());
    }

    @Test
    void aWatchListenerThatThrowsHarmsNobodyAndHearsWhatFollows() {
        Store store = direct();
        AtomicInteger thrown = new AtomicInteger();
        RevisionLog broken = new RevisionLog() {
            @Override
            public void onRevision(long revision, List<WatchEvent> events) {
                super.onRevision(revision, events);
                thrown.incrementAndGet();
                throw new IllegalStateException("thrown on purpose");
            }
        };
        RevisionLog sound = new RevisionLog();
        store.watch(KeyRange.prefix(prefix), 0, broken);
        store.watch(KeyRange.prefix(prefix), 0, sound);
        broken.awaitOpened();
        sound.awaitOpened();

        List<Long> written = IntStream.range(0, 3)
                .mapToObj(i -> get(store.txn(put(prefix + "k", "" + i))).revision())
                .toList();

        sound.awaitRevision(written.get(2));
        broken.awaitRevision(written.get(2));
        assertThat(sound.revisions()).isEqualTo(written);
        assertThat(broken.revisions()).isEqualTo(written);
        assertThat(thrown.get()).isEqualTo(3);
        assertThat(sound.interrupted()).isZero();
    }

    @Test
    void aMirrorListenerThatThrowsHarmsNobodyAndHearsWhatFollows() {
        Store store = direct();
        Mirror mirror = mirror(store);
        get(mirror.ready());
        AtomicInteger thrown = new AtomicInteger();
        mirror.subscribe(new MirrorListener() {
            @Override
            public void onSnapshot(MirrorState state) {
                throw new IllegalStateException("thrown on purpose");
            }

            @Override
            public void onChange(MirrorChange change) {
                thrown.incrementAndGet();
                throw new IllegalStateException("thrown on purpose");
            }
        });
        MirrorLog sound = new MirrorLog();
        mirror.subscribe(sound);

        IntStream.range(0, 5)
                .forEach(i -> get(mirror.reached(
                        get(store.txn(put(prefix + "k" + i, "x"))).revision())));

        await().untilAsserted(() -> assertThat(sound.words()).hasSize(5));
        await().untilAsserted(() -> assertThat(thrown.get()).isEqualTo(5));
    }
}
