package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The lock of the JDK over a distributed one, and tasks that run under a lock. */
@SuppressWarnings("LockNotBeforeTry") // what stays held is found after each test
class ThreadLockTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final Lock lock = a.locks.asLock(Cluster.LOCK, Node.OPTIONS);

    private static ErrorCode codeOf(Throwable failure) {
        return ((CoordinationException) failure).code();
    }

    @Nested
    class Reentry {

        @Test
        void isCountedAndKeepsTheLockUntilTheLastUnlock() throws InterruptedException {
            lock.lock();
            lock.lockInterruptibly();
            assertThat(lock.tryLock()).isTrue();
            assertThat(lock.tryLock(1, TimeUnit.SECONDS)).isTrue();
            assertThat(cluster.queue()).hasSize(1);
            for (int i = 0; i < 3; i++) {
                lock.unlock();
                assertThat(b.tryOnce()).isEmpty();
            }
            lock.unlock();
            b.tryOnce().orElseThrow().close();
        }

        @Test
        void isForTheThreadAlone() {
            lock.lock();
            assertThat(Caller.of(lock::tryLock).result()).isFalse();
            Lock another = a.locks.asLock(Cluster.LOCK, Node.OPTIONS);
            assertThat(another.tryLock()).as("the same thread").isTrue();
            lock.unlock();
            assertThat(b.tryOnce()).as("held once more").isEmpty();
            another.unlock();
        }

        @Test
        void isNotForOtherThreadsThatShareAnOwnerInTheOptions() {
            Lock shared = a.locks.asLock(
                    Cluster.LOCK,
                    Node.OPTIONS.toBuilder().owner(LockOwner.named("job")).build());
            shared.lock();
            assertThat(Caller.of(shared::tryLock).result()).isFalse();
            shared.unlock();
        }
    }

    @Nested
    class Unlock {

        @Test
        void byAThreadThatDoesNotHoldItIsRefused() {
            assertThat(codeOf(catchThrowableOfType(CoordinationException.class, lock::unlock)))
                    .isEqualTo(ErrorCode.INVALID_STATE);
            lock.lock();
            Throwable failure = Caller.of(() -> {
                        lock.unlock();
                        return true;
                    })
                    .failure();
            assertThat(codeOf(failure)).isEqualTo(ErrorCode.INVALID_STATE);
            assertThat(b.tryOnce()).as("still held").isEmpty();
            lock.unlock();
            assertThatThrownBy(lock::unlock).isInstanceOf(CoordinationException.class);
        }

        @Test
        void afterALossSaysSoAndTheNextLockIsANewOne() {
            lock.lock();
            lock.lock();
            cluster.delete(cluster.first().key());
            cluster.deleteSession(a.store.leases().iterator().next());
            assertThat(catchThrowableOfType(LockLostException.class, lock::lock))
                    .as("nobody enters what is lost")
                    .isNotNull();
            lock.unlock();
            assertThat(catchThrowableOfType(LockLostException.class, lock::unlock))
                    .hasMessageContaining("lost");
            lock.lock();
            assertThat(cluster.queue()).hasSize(1);
            lock.unlock();
        }

        @Test
        void letsTheNextThreadIn() {
            lock.lock();
            Caller<Boolean> next = Caller.of(() -> {
                lock.lock();
                lock.unlock();
                return true;
            });
            assertThat(next.isWaiting()).isTrue();
            lock.unlock();
            assertThat(next.result()).isTrue();
        }
    }

    @Nested
    class Waiting {

        @Test
        void ofLockIgnoresInterruptsAndSetsTheFlagAgain() {
            LockHandle held = b.take();
            Caller<Boolean> waiting = Caller.of(() -> {
                lock.lock();
                lock.unlock();
                return true;
            });
            waiting.interrupt();
            assertThat(waiting.isWaiting()).isTrue();
            held.unlock();
            assertThat(waiting.result()).isTrue();
            assertThat(waiting.wasInterruptedAfterwards()).isTrue();
        }

        @Test
        void ofLockInterruptiblyEndsByInterruptAndLeavesNoKey() {
            LockHandle held = b.take();
            Caller<Boolean> waiting = Caller.of(() -> {
                lock.lockInterruptibly();
                return true;
            });
            assertThat(cluster.queue()).hasSize(2);
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
            assertThat(cluster.queue()).hasSize(1);
            held.unlock();
        }

        @Test
        void ofTryLockEndsWithItsTime() {
            LockHandle held = b.take();
            assertThat(lock.tryLock()).isFalse();
            Caller<Boolean> trying = Caller.of(() -> lock.tryLock(3, TimeUnit.SECONDS));
            cluster.time.advance(Duration.ofSeconds(3));
            assertThat(trying.result()).isFalse();
            held.unlock();
        }

        @Test
        void endsWithTheWaitTimeOfTheOptions() {
            LockHandle held = b.take();
            LockOptions brief =
                    Node.OPTIONS.toBuilder().waitTime(Duration.ofSeconds(2)).build();
            Lock impatient = a.locks.asLock(Cluster.LOCK, brief);
            Caller<Boolean> waiting = Caller.of(() -> {
                impatient.lock();
                return true;
            });
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(waiting.failure()).isInstanceOf(CoordinationTimeoutException.class);
            assertThat(impatient.tryLock()).as("one attempt").isFalse();
            held.unlock();
        }

        @Test
        void onAnInterruptedThreadDoesNotBegin() {
            Caller<Boolean> interrupted = Caller.of(() -> {
                Thread.currentThread().interrupt();
                return lock.tryLock(1, TimeUnit.SECONDS);
            });
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void hasNoConditions() {
        assertThatThrownBy(lock::newCondition).isInstanceOf(UnsupportedOperationException.class);
    }

    @Nested
    class Tasks {

        @Test
        void runUnderTheLockAndReturnTheirResult() throws Exception {
            String result = a.locks.withLock(Cluster.LOCK, Node.OPTIONS, () -> {
                assertThat(b.tryOnce()).isEmpty();
                return "done";
            });
            assertThat(result).isEqualTo("done");
            b.tryOnce().orElseThrow().close();
        }

        @Test
        void passTheirExceptionsThroughAndLetTheLockGo() {
            Exception mine = new Exception("mine");
            assertThatThrownBy(() -> a.locks.withLock(Cluster.LOCK, Node.OPTIONS, () -> {
                        throw mine;
                    }))
                    .isSameAs(mine);
            assertThatThrownBy(() -> a.locks.withLock(Cluster.LOCK, Node.OPTIONS, () -> {
                        cluster.deleteSession(a.store.leases().iterator().next());
                        throw mine;
                    }))
                    .as("also when the lock was lost")
                    .isSameAs(mine);
            b.tryOnce().orElseThrow().close();
        }

        @Test
        void thatLostTheLockDoNotReturn() {
            assertThatThrownBy(() -> a.locks.withLock(Cluster.LOCK, Node.OPTIONS, () -> {
                        cluster.deleteSession(a.store.leases().iterator().next());
                        return "done";
                    }))
                    .isInstanceOf(LockLostException.class)
                    .hasMessageContaining(Cluster.LOCK);
        }

        @Test
        void doNotRunWithoutTheLock() {
            LockHandle held = b.take();
            LockOptions once = Node.OPTIONS.toBuilder().waitTime(Duration.ZERO).build();
            assertThatThrownBy(() -> a.locks.withLock(Cluster.LOCK, once, () -> {
                        throw new AssertionError("it runs");
                    }))
                    .isInstanceOf(CoordinationTimeoutException.class);
            held.close();
        }
    }
}
