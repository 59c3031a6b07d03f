package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.session.Session;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FenceTest {

    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();
    private final Session session = node.sessions.reserve(Cluster.TTL).join();
    private final Fence fence = new Fence(node.env, session);

    private long closes() {
        return node.store.txns().stream().filter(Sent::close).count();
    }

    private String putKey(String name) {
        String key = cluster.keys.lockPrefix("x") + name;
        cluster.memory
                .txn(Txn.always(Op.put(key, Bytes.utf8("{}"), session.leaseId())))
                .join();
        return key;
    }

    @Test
    void movesWithEveryCloseAndDeletesTheKey() {
        String key = putKey("1");
        long before = fence.revision();
        assertThat(fence.close(key)).isCompleted();
        assertThat(fence.revision()).isGreaterThan(before).isEqualTo(cluster.revision());
        assertThat(cluster.queue("x")).isEmpty();
    }

    @Test
    void keepsTheLeaseOfItsKey() {
        fence.settle().join();
        session.release();
        cluster.time.advance(Cluster.TTL.multipliedBy(2));
        assertThat(cluster.allKeys()).isEmpty();
    }

    @Test
    void attemptsThatComeWhileItMovesShareTheNextMove() {
        List<String> keys =
                IntStream.range(0, 250).mapToObj(i -> putKey("" + i)).toList();
        HeldCalls first = node.store.onNextTxn(Sent::close).hold();
        List<CompletableFuture<Void>> closed = keys.stream().map(fence::close).toList();
        assertThat(closes()).isEqualTo(1);
        first.release();
        assertThat(closed).allMatch(CompletableFuture::isDone);
        assertThat(cluster.queue("x")).isEmpty();
        assertThat(closes()).as("one for the first, then a hundred at once").isEqualTo(4);
    }

    /** What is on its way may have been applied before the last copy was sent. */
    @Test
    void settlingDoesNotJoinAMoveThatIsUnderWay() {
        HeldCalls answer = node.store.onNextTxn(Sent::close).holdAnswer();
        CompletableFuture<Void> first = fence.settle();
        long applied = cluster.revision();
        fence.seen(applied);
        CompletableFuture<Void> second = fence.settle();
        answer.release();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(fence.revision()).isGreaterThan(applied);
    }

    @Test
    void thatSomebodyElseMovedIsMovedAgain() {
        String key = putKey("1");
        cluster.memory
                .txn(Txn.always(Op.put(fence.key(), Bytes.utf8("{}"), session.leaseId())))
                .join();
        assertThat(fence.close(key)).isCompleted();
        assertThat(cluster.queue("x")).isEmpty();
    }

    @Test
    void isSentUntilItIsAnswered() {
        FaultRule lost = node.store.onEveryTxn(Sent::close).loseRequest();
        CompletableFuture<Void> closed = fence.close(putKey("1"));
        cluster.moment();
        assertThat(closed).isNotDone();
        lost.end();
        cluster.moment();
        assertThat(closed).isCompleted();
    }

    @Test
    void ofASessionThatEndedIsDone() {
        node.store.onEveryTxn(Sent::close).loseRequest();
        CompletableFuture<Void> closed = fence.close(putKey("1"));
        node.store.dropLeases().join();
        cluster.moment();
        assertThat(closed).isCompleted();
    }

    @Test
    void whoseKeyIsGoneEndsTheSession() {
        node.store.watches().cut();
        cluster.deleteSession(session.leaseId());
        assertThat(session.isOver()).isFalse();
        assertThat(fence.close(putKey("1"))).isCompleted();
        assertThat(session.isOver()).isTrue();
        assertThat(cluster.queue("x")).as("the lease was revoked").isEmpty();
    }

    @Test
    void neverGoesBack() {
        long before = fence.revision();
        fence.seen(before - 1);
        assertThat(fence.revision()).isEqualTo(before);
    }
}
