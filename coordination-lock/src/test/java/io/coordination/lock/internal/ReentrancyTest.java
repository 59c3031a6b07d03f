package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static io.coordination.lock.internal.Node.losses;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.NamedLock;
import io.coordination.lock.internal.queue.PlaceMode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An owner that holds a lock already and asks for it again. */
class ReentrancyTest {

    private static final LockOptions OWNED =
            Node.OPTIONS.toBuilder().owner(LockOwner.named("job 7")).build();
    private static final LockOptions OTHER =
            Node.OPTIONS.toBuilder().owner(LockOwner.named("job 8")).build();

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private NamedLock readLock() {
        return a.locks.readWrite(Cluster.LOCK).read();
    }

    private static void assertUpgradeRefused(CompletableFuture<LockHandle> asked) {
        assertThat(asked.handle((held, failure) -> failure).join())
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                .hasMessageContaining(Cluster.LOCK);
    }

    @Test
    void theOwnerGetsTheLockAgainAtOnceWithTheSameToken() {
        LockHandle outer = a.take(OWNED);
        int before = a.store.txns().size();
        LockHandle inner = a.take(OWNED);
        assertThat(inner.fencingToken()).isEqualTo(outer.fencingToken());
        assertThat(a.store.txns()).hasSize(before);
        assertThat(List.of(outer.count(), inner.count())).containsOnly(2);
        inner.close();
        assertThat(inner.count()).isZero();
        assertThat(outer.count()).isEqualTo(1);
        outer.close();
    }

    @Test
    void theLockIsFreeAfterAsManyReleases() {
        LockHandle outer = a.take(OWNED);
        LockHandle inner = a.take(OWNED);
        CompletableFuture<LockHandle> remote = b.ask();
        assertThat(outer.unlock()).isTrue();
        assertThat(outer.unlock()).as("one handle counts once").isFalse();
        assertThat(inner.isHeld()).isTrue();
        assertThat(remote).isNotDone();
        assertThat(inner.unlock()).isTrue();
        granted(remote).close();
    }

    @Test
    void anotherOwnerWaits() {
        LockHandle held = a.take(OWNED);
        CompletableFuture<LockHandle> other = a.ask(OTHER);
        CompletableFuture<LockHandle> nobody = a.ask();
        assertThat(other).isNotDone();
        held.close();
        granted(other).close();
        granted(nobody).close();
    }

    @Test
    void theSameNameInAnotherProcessIsAnotherOwner() {
        LockHandle held = a.take(OWNED);
        CompletableFuture<LockHandle> other = b.ask(OWNED);
        assertThat(other).isNotDone();
        held.close();
        granted(other).close();
    }

    @Test
    void reEntryGoesBeforeEverybodyWhoWaits() {
        LockHandle outer = a.take(OWNED);
        CompletableFuture<LockHandle> local = a.ask();
        CompletableFuture<LockHandle> remote = b.ask();
        LockHandle inner = a.take(OWNED);
        outer.close();
        assertThat(local).isNotDone();
        assertThat(remote).isNotDone();
        inner.close();
        granted(local).close();
        granted(remote).close();
    }

    @Test
    void requestsOfOneOwnerThatWaitedTogetherAreGrantedTogether() {
        LockHandle held = a.take();
        CompletableFuture<LockHandle> first = a.ask(OWNED);
        CompletableFuture<LockHandle> between = a.ask();
        CompletableFuture<LockHandle> second = a.ask(OWNED);
        held.close();
        assertThat(granted(second).fencingToken()).isEqualTo(granted(first).fencingToken());
        first.join().close();
        assertThat(between).isNotDone();
        second.join().close();
        granted(between).close();
    }

    @Test
    void aTryOfTheOwnerSucceeds() {
        LockHandle outer = a.take(OWNED);
        assertThat(new LockInMode(a.locks, Cluster.LOCK, PlaceMode.EXCLUSIVE).tryOnce(OWNED))
                .hasValueSatisfying(LockHandle::close);
        assertThat(a.tryOnce()).isEmpty();
        outer.close();
    }

    @Test
    void threadsOwnByThemselves() {
        LockOptions mine = Node.OPTIONS.toBuilder().owner(LockOwner.ofThread()).build();
        LockHandle outer = a.take(mine);
        a.take(mine).close();
        Caller<LockHandle> other = Caller.of(() -> a.locks.acquire(Cluster.LOCK, mine));
        assertThat(other.isWaiting()).isTrue();
        outer.close();
        other.result().close();
    }

    @Test
    void theLossIsToldToEveryHandle() {
        LockHandle outer = a.take(OWNED);
        LockHandle inner = a.take(OWNED);
        var told = List.of(losses(outer), losses(inner));
        a.store.dropLeases().join();
        assertThat(told).allSatisfy(losses -> assertThat(losses).hasSize(1));
        assertThat(outer.count() + inner.count()).isZero();
    }

    @Test
    void anOwnerThatReadsMustNotAskForWriting() {
        LockHandle reader = readLock().acquireAsync(OWNED).join();
        assertUpgradeRefused(a.ask(OWNED));
        LockHandle again = readLock().acquireAsync(OWNED).join();
        assertThat(again.fencingToken()).isEqualTo(reader.fencingToken());
        reader.close();
        again.close();
    }

    @Test
    void anOwnerThatWritesMayReadAndGoOnReadingAfterwards() {
        LockHandle writer = a.take(OWNED);
        CompletableFuture<LockHandle> remote =
                b.locks.readWrite(Cluster.LOCK).read().acquireAsync(Node.OPTIONS);
        LockHandle reader = readLock().acquireAsync(OWNED).join();
        assertThat(reader.fencingToken()).isEqualTo(writer.fencingToken());
        assertThat(remote).isNotDone();
        assertThat(writer.unlock()).isTrue();
        granted(remote).close();
        assertThat(reader.isHeld()).isTrue();
        assertUpgradeRefused(a.ask(OWNED));
        reader.close();
    }

    @Test
    void aReaderThatEndsBeforeTheWriterChangesNothing() {
        LockHandle writer = a.take(OWNED);
        readLock().acquireAsync(OWNED).join().close();
        cluster.time.advance(Duration.ofSeconds(1));
        assertThat(cluster.first().value().utf8()).contains("\"m\":\"w\"");
        writer.close();
    }

    @Test
    void aGrantThatNobodyTakesDoesNotCount() {
        LockHandle outer = a.take(OWNED);
        a.defersCallbacks = true;
        CompletableFuture<LockHandle> given = a.ask(OWNED);
        given.cancel(false);
        a.defersCallbacks = false;
        a.runCallbacks();
        assertThat(outer.count()).isEqualTo(1);
        outer.close();
        assertThat(cluster.queue()).isEmpty();
    }
}
