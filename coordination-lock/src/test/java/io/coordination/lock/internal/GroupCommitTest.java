package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.group.GroupCommit;
import io.coordination.store.group.GroupedStore;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Locks whose transactions travel together. */
class GroupCommitTest {

    private static final LockOptions OTHER_CLASS = LockOptions.ofTtl(Duration.ofSeconds(20));

    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();
    private final GroupedStore grouped = new GroupedStore(node.store, new GroupCommit(node.store), QueueDomains::of);
    private final QueueLocks locks = new QueueLocks(node.env.on(grouped), node.sessions, Duration.ZERO);
    private final Map<String, CompletableFuture<LockHandle>> asked = new LinkedHashMap<>();

    /** Whatever happened: nothing that anybody wanted stays behind. */
    @AfterEach
    void nothingStays() {
        asked.values().forEach(future -> future.thenAccept(LockHandle::close));
        locks.closeAsync();
        cluster.assertNothingStays();
        assertThat(locks.queuesInUse()).isZero();
    }

    private CompletableFuture<LockHandle> ask(String lock, LockOptions options) {
        CompletableFuture<LockHandle> future = locks.acquireAsync(lock, options);
        asked.put(lock, future);
        return future;
    }

    /** As many transactions as may be under way at once: further ones are collected until these are let go. */
    private final class Busy {

        private final List<HeldCalls> held;

        Busy(Predicate<Txn> kind) {
            held = List.of(
                    node.store.onNextTxn(kind).hold(),
                    node.store.onNextTxn(kind).hold());
        }

        int count() {
            return held.stream().mapToInt(HeldCalls::count).sum();
        }

        void release() {
            held.forEach(HeldCalls::release);
        }
    }

    /** Sessions exist, and as many batches are under way as there may be: what is sent now is collected. */
    private Busy full() {
        ask("warm", Node.OPTIONS);
        ask("warm-other", OTHER_CLASS);
        Busy busy = new Busy(Sent::enqueue);
        ask("first", Node.OPTIONS);
        ask("second", Node.OPTIONS);
        assertThat(busy.count()).as("under way").isEqualTo(2);
        return busy;
    }

    private static boolean isBatch(Txn txn) {
        return txn.success().stream().anyMatch(Txn.Nested.class::isInstance);
    }

    private List<List<Txn>> batches() {
        return node.store.txns().stream()
                .filter(GroupCommitTest::isBatch)
                .map(batch -> batch.success().stream()
                        .map(member -> ((Txn.Nested) member).txn())
                        .toList())
                .toList();
    }

    private static void assertHeld(Stream<CompletableFuture<LockHandle>> all) {
        assertThat(all.map(Node::granted).map(LockHandle::isHeld).toList())
                .isNotEmpty()
                .containsOnly(true);
    }

    private List<Long> createRevisions(String... names) {
        return Stream.of(names)
                .flatMap(name -> cluster.queue(name).stream())
                .map(KeyValue::createRevision)
                .toList();
    }

    @Test
    void oneTransactionBringsManyLocks() {
        Busy busy = full();
        IntStream.range(0, 5).forEach(i -> ask("lock-" + i, Node.OPTIONS));

        busy.release();

        assertHeld(asked.values().stream());
        assertThat(batches()).hasSize(1).first(list(Txn.class)).hasSize(5);
        assertThat(createRevisions("lock-0", "lock-4").stream().distinct()).hasSize(1);
    }

    @Test
    void releasesTravelTogetherToo() {
        Busy busy = full();
        List<CompletableFuture<LockHandle>> five = IntStream.range(0, 5)
                .mapToObj(i -> ask("lock-" + i, Node.OPTIONS))
                .toList();
        busy.release();
        Busy releases = new Busy(Sent::release);

        five.forEach(future -> future.join().close());
        releases.release();

        assertThat(batches()).hasSize(2).last(list(Txn.class)).hasSize(3).allMatch(Sent::release);
    }

    @Test
    void aLeaseThatIsGoneConcernsOnlyThoseWhoUseIt() {
        Busy busy = full();
        List<CompletableFuture<LockHandle>> usual =
                Stream.of("a", "b").map(name -> ask(name, Node.OPTIONS)).toList();
        List<CompletableFuture<LockHandle>> others =
                Stream.of("c", "d").map(name -> ask(name, OTHER_CLASS)).toList();
        long gone = cluster.queue("warm-other").get(0).lease();
        cluster.memory.revoke(gone).join();

        busy.release();

        assertHeld(usual.stream());
        assertThat(sentFor("a")).as("in one batch, that was not refused").isEqualTo(1);
        cluster.moment();
        assertHeld(others.stream());
        assertThat(Stream.of("c", "d").map(name -> cluster.queue(name).get(0).lease()))
                .as("on a new lease")
                .doesNotContain(gone);
        assertThat(batches()).as("one lease in a batch").allMatch(batch -> leases(batch) <= 1);
    }

    private long sentFor(String lock) {
        return node.store.txns().stream()
                .flatMap(txn -> isBatch(txn)
                        ? txn.success().stream().map(member -> ((Txn.Nested) member).txn())
                        : Stream.of(txn))
                .filter(Sent::enqueue)
                .filter(txn -> txn.compares().get(0).keys().from().startsWith(cluster.keys.lockPrefix(lock)))
                .count();
    }

    private static long leases(List<Txn> batch) {
        return batch.stream()
                .flatMap(txn -> txn.success().stream())
                .filter(Txn.Put.class::isInstance)
                .map(put -> ((Txn.Put) put).lease())
                .distinct()
                .count();
    }

    @Test
    void aBatchWithoutAnswerLeavesEveryMemberOpenAndEachFindsOutForItself() {
        Busy busy = full();
        List<CompletableFuture<LockHandle>> three =
                Stream.of("a", "b", "c").map(name -> ask(name, Node.OPTIONS)).toList();
        node.store.onNextTxn(GroupCommitTest::isBatch).loseAnswer();
        busy.release();
        assertThat(three).as("nobody knows yet").noneMatch(CompletableFuture::isDone);

        cluster.moment();

        assertHeld(three.stream());
        assertThat(Stream.of("a", "b", "c").map(this::sentFor))
                .as("each asked again")
                .containsOnly(2L);
        assertThat(node.store.txns()).as("and barred its first copy").anyMatch(Sent::close);
    }

    @Test
    void aBatchThatArrivesLateIsBarredForEveryMember() {
        Busy busy = full();
        HeldCalls late = node.store.onNextTxn(GroupCommitTest::isBatch).hold();
        List<CompletableFuture<LockHandle>> three =
                Stream.of("a", "b", "c").map(name -> ask(name, Node.OPTIONS)).toList();
        busy.release();
        late.timeOut();
        three.forEach(future -> future.cancel(false));
        cluster.moment();

        late.release();

        assertThat(Stream.of("a", "b", "c").flatMap(name -> cluster.queue(name).stream()))
                .as("keys that nobody wants")
                .isEmpty();
    }

    @Test
    void movingTheFenceTravelsAlone() {
        List<CompletableFuture<?>> all = new ArrayList<>();
        Busy busy = full();
        node.store.onNextTxn(GroupCommitTest::isBatch).loseAnswer();
        Stream.of("a", "b", "c").forEach(name -> all.add(ask(name, Node.OPTIONS)));
        busy.release();
        cluster.moment();

        assertThat(all).allMatch(CompletableFuture::isDone);
        assertThat(batches().stream().flatMap(List::stream)).isNotEmpty().noneMatch(Sent::close);
    }

    @Test
    void renewalsDoNotWaitForBatches() {
        Busy busy = full();
        LockHandle handle = Node.granted(asked.get("warm"));

        cluster.time.advance(Cluster.TTL.dividedBy(3));
        assertThat(busy.count()).as("still under way").isPositive();

        assertThat(handle.remaining()).isGreaterThan(Cluster.TTL.minusSeconds(2));
        busy.release();
    }

    @Test
    void transactionsOfOneLockNeverShareARevision() {
        LockHandle mine = node.take();
        KeyValue key = cluster.first();
        Busy busy = new Busy(Sent::release);
        Stream.of("x", "y").forEach(name -> grouped.txn(LockTxns.release(cluster.keys.lockKey(name, 7, 1), 1)));
        grouped.txn(LockTxns.release(cluster.keys.lockKey(Cluster.LOCK, 7, 1), 1));
        grouped.txn(LockTxns.release(key.key(), key.createRevision()));
        grouped.txn(LockTxns.release(cluster.keys.lockKey("other", 7, 1), 1));

        busy.release();

        assertThat(batches()).hasSize(1).first(list(Txn.class)).hasSize(2);
        mine.close();
    }

    @Test
    void everythingOfOneLockIsOneDomain() {
        String prefix = cluster.keys.lockPrefix("a/b");

        assertThat(QueueDomains.of(cluster.keys.lockKey("a/b", 7, 1)))
                .isEqualTo(QueueDomains.of(prefix + "!limit"))
                .hasValueSatisfying(domain -> assertThat(domain.from()).isEqualTo(prefix));
        assertThat(QueueDomains.of(cluster.keys.ofModule("m").lockKey("a/b", 7, 1)))
                .hasValueSatisfying(domain -> assertThat(domain.contains(cluster.keys.lockKey("a/b", 7, 1)))
                        .isFalse());
        assertThat(QueueDomains.of(cluster.keys.sessionKey(7))).isEmpty();
    }
}
