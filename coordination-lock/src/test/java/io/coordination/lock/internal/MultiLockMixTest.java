package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.TTL;
import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.HoldOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.MultiLockHandle;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several locks at once beside every other way to hold one of them. */
class MultiLockMixTest {

    private static final HoldOptions OPTIONS = HoldOptions.ofTtl(TTL);
    private static final LockOptions RETAINING =
            Node.OPTIONS.toBuilder().retain(Duration.ofSeconds(3)).build();

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private CompletableFuture<MultiLockHandle> both() {
        return a.locks.multi(List.of("x", "y")).acquireAsync(OPTIONS);
    }

    private CompletableFuture<Optional<MultiLockHandle>> tryBoth() {
        return a.locks.multi(List.of("x", "y")).tryAcquireAsync(OPTIONS);
    }

    private LockHandle take(Node node, LockOptions options) {
        return granted(node.locks.acquireAsync("x", options));
    }

    private static MultiLockHandle held(CompletableFuture<MultiLockHandle> asked) {
        assertThat(asked).isCompleted();
        assertThat(asked.join().isHeld()).isTrue();
        return asked.join();
    }

    @Test
    void theyTakeALockFromWhoRetainsIt() {
        assertThat(take(b, RETAINING).unlock()).isTrue();
        assertThat(cluster.queue("x")).hasSize(1);
        held(both()).close();
    }

    @Test
    void oneTryTakesALockFromWhoRetainsIt() {
        assertThat(take(b, RETAINING).unlock()).isTrue();
        assertThat(cluster.queue("x")).hasSize(1);
        assertThat(tryBoth().join()).hasValueSatisfying(MultiLockHandle::close);
    }

    @Test
    void oneTryDoesNotWaitLongForWhoWouldRetainButHolds() {
        LockHandle x = take(b, RETAINING);
        CompletableFuture<Optional<MultiLockHandle>> trying = tryBoth();
        assertThat(trying).isNotDone();
        cluster.time.advance(Duration.ofMillis(100));
        assertThat(trying).isCompletedWithValue(Optional.empty());
        assertThat(cluster.queue("x")).hasSize(1);
        assertThat(cluster.queue("y")).isEmpty();
        assertThat(x.unlock()).isTrue();
        assertThat(cluster.queue("x")).as("nobody waits any more").hasSize(1);
    }

    @Test
    void oneTryQueuesForNobodyWhenAnotherLockIsHeld() {
        assertThat(take(b, RETAINING).unlock()).isTrue();
        LockHandle y = granted(b.locks.acquireAsync("y", Node.OPTIONS));
        long before = cluster.revision();
        assertThat(tryBoth()).isCompletedWithValue(Optional.empty());
        // The session's own key is all that may have been written.
        assertThat(cluster.revision()).isLessThanOrEqualTo(before + 1);
        assertThat(cluster.queue("x")).hasSize(1);
        y.close();
    }

    @Test
    void theyWaitForReadersAndKeepLaterOnesOut() {
        LockHandle reader = granted(b.locks.readWrite("x").read().acquireAsync(Node.OPTIONS));
        cluster.moment(); // from then on the process knows who queues behind it
        CompletableFuture<MultiLockHandle> both = both();
        CompletableFuture<LockHandle> later =
                cluster.node().locks.readWrite("x").read().acquireAsync(Node.OPTIONS);
        CompletableFuture<LockHandle> besides = b.locks.readWrite("x").read().acquireAsync(Node.OPTIONS);
        assertThat(both).isNotDone();
        assertThat(later).isNotDone();
        assertThat(besides).isNotDone();
        reader.close();
        MultiLockHandle held = held(both);
        assertThat(later).isNotDone();
        assertThat(besides).isNotDone();
        held.close();
        assertThat(granted(later).fencingToken()).isGreaterThan(held.fencingToken("x"));
        granted(later).close();
        granted(besides).close();
    }

    @Test
    void aProcessThatPassesALockOnLetsThemIn() {
        LockHandle first = take(a, Node.STRICT);
        CompletableFuture<LockHandle> next = a.locks.acquireAsync("x", Node.STRICT);
        CompletableFuture<MultiLockHandle> both = both();
        first.close();
        MultiLockHandle held = held(both);
        assertThat(next).as("of the same process as the multi-lock").isNotDone();
        held.close();
        granted(next).close();
    }

    @Test
    void aDowngradeDoesNotLetThemIn() {
        LockHandle writer = granted(b.locks.readWrite("x").write().acquireAsync(Node.OPTIONS));
        CompletableFuture<MultiLockHandle> both = both();
        LockHandle reader = b.locks.readWrite("x").downgrade(writer);
        assertThat(both).isNotDone();
        reader.close();
        held(both).close();
    }
}
