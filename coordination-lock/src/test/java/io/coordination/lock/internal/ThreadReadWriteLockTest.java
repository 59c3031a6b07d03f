package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.NamedLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lock of the JDK for readers and writers over a distributed one. */
@SuppressWarnings("LockNotBeforeTry") // what stays held is found after each test
class ThreadReadWriteLockTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final ReadWriteLock lock = a.locks.asReadWriteLock(Cluster.LOCK, Node.OPTIONS);
    private final NamedLock otherReader = b.locks.readWrite(Cluster.LOCK).read();

    private static boolean triedAndLetGo(Lock lock) {
        return Caller.of(() -> {
                    boolean held = lock.tryLock();
                    if (held) {
                        lock.unlock();
                    }
                    return held;
                })
                .result();
    }

    private static void assertRefused(String part, ThrowingCallable call) {
        CoordinationException failure = catchThrowableOfType(CoordinationException.class, call);
        assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(failure).hasMessageContaining(part);
    }

    @Test
    void manyThreadsReadTogetherAndNobodyWrites() {
        lock.readLock().lock();
        assertThat(triedAndLetGo(lock.readLock())).isTrue();
        assertThat(triedAndLetGo(lock.writeLock())).isFalse();
        otherReader.tryAcquire(Cluster.TTL).orElseThrow().close();
        assertThat(b.tryOnce()).isEmpty();
        lock.readLock().unlock();
        b.tryOnce().orElseThrow().close();
    }

    @Test
    void oneThreadWritesAlone() {
        lock.writeLock().lock();
        assertThat(triedAndLetGo(lock.readLock())).isFalse();
        assertThat(triedAndLetGo(lock.writeLock())).isFalse();
        assertThat(otherReader.tryAcquire(Cluster.TTL)).isEmpty();
        lock.writeLock().unlock();
        assertThat(triedAndLetGo(lock.writeLock())).isTrue();
    }

    @Test
    void bothAreCountedForEachThread() throws InterruptedException {
        for (Lock each : new Lock[] {lock.readLock(), lock.writeLock()}) {
            each.lock();
            each.lockInterruptibly();
            assertThat(each.tryLock(1, TimeUnit.SECONDS)).isTrue();
            each.unlock();
            each.unlock();
            assertThat(b.tryOnce()).as("held once more").isEmpty();
            each.unlock();
            assertThat(cluster.queue()).isEmpty();
        }
    }

    @Test
    void aWriterBecomesAReaderWithoutAGap() {
        lock.writeLock().lock();
        CompletableFuture<LockHandle> writer = b.ask();
        lock.readLock().lock();
        assertThat(otherReader.tryAcquire(Cluster.TTL)).as("still written").isEmpty();
        lock.writeLock().unlock();
        assertThat(writer).as("a writer that waits goes on waiting").isNotDone();
        assertThat(cluster.first().value().utf8()).contains("\"m\":\"r\"");
        lock.readLock().unlock();
        Node.granted(writer).close();
    }

    @Test
    void aReaderCannotBecomeAWriter() {
        lock.readLock().lock();
        assertRefused("cannot be taken for writing", lock.writeLock()::lock);
        assertRefused("cannot be taken for writing", lock.writeLock()::tryLock);
        assertRefused("cannot be taken for writing", () -> lock.writeLock().tryLock(1, TimeUnit.SECONDS));
        otherReader.tryAcquire(Cluster.TTL).orElseThrow().close();
        lock.readLock().unlock();
        lock.writeLock().lock();
        lock.writeLock().unlock();
    }

    @Test
    void unlockingWhatIsNotHeldIsRefused() {
        lock.readLock().lock();
        CoordinationException failure = catchThrowableOfType(CoordinationException.class, lock.writeLock()::unlock);
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_STATE);
        lock.readLock().unlock();
    }

    @Test
    void aLossIsToldWhenItIsUnlocked() {
        lock.writeLock().lock();
        lock.readLock().lock();
        cluster.deleteSession(a.store.leases().iterator().next());
        assertThat(catchThrowableOfType(LockLostException.class, lock.readLock()::lock))
                .as("nobody enters what is lost")
                .isNotNull();
        assertThat(catchThrowableOfType(LockLostException.class, lock.readLock()::unlock))
                .isNotNull();
        assertThat(catchThrowableOfType(LockLostException.class, lock.writeLock()::unlock))
                .isNotNull();
    }

    @Test
    void theThreadIsTheOwnerWhateverTheOptionsSay() {
        LockOptions named =
                Node.OPTIONS.toBuilder().owner(LockOwner.named("job")).build();
        ReadWriteLock shared = a.locks.asReadWriteLock(Cluster.LOCK, named);
        shared.writeLock().lock();
        assertThat(triedAndLetGo(shared.writeLock())).isFalse();
        assertThat(triedAndLetGo(shared.readLock())).isFalse();
        shared.writeLock().unlock();
    }

    @Test
    void aFixedTtlIsRefused() {
        LockOptions fixed = Node.OPTIONS.toBuilder().fixedTtl().build();
        assertRefused("fixedTtl", () -> a.locks.asReadWriteLock(Cluster.LOCK, fixed));
        assertRefused("key", () -> a.locks.asReadWriteLock("", Node.OPTIONS));
    }
}
