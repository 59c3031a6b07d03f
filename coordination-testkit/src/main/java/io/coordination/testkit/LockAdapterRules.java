package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockTemplate;
import io.coordination.lock.StripedHold;
import io.coordination.lock.StripedLocks;
import io.coordination.lock.job.JobLock;
import io.coordination.lock.job.JobOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockToolsContract} about the ways to use a lock. */
abstract class LockAdapterRules extends BarrierRules {

    @Nested
    @SuppressWarnings("LockNotBeforeTry") // when a test fails, its coordinators are closed
    class JdkLocks {

        private int unguarded;

        @Test
        void excludeThreadsOfAllCoordinators() {
            Lock here = mine.lock().asLock(name, options());
            Lock there = other.lock().asLock(name, options());
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Lock lock = i % 2 == 0 ? here : there;
                all.add(CompletableFuture.runAsync(
                        () -> {
                            for (int round = 0; round < 10; round++) {
                                count(lock);
                            }
                        },
                        ThreadPerTask.THREADS));
            }
            all.forEach(CompletableFuture::join);
            assertThat(unguarded).isEqualTo(40);
        }

        @SuppressWarnings("ThreadPriorityCheck") // to make it likely that somebody else is in between, if that can be
        private void count(Lock lock) {
            lock.lock();
            try {
                assertThat(lock.tryLock()).as("reentrant").isTrue();
                int before = unguarded;
                Thread.yield();
                unguarded = before + 1;
                lock.unlock();
            } finally {
                lock.unlock();
            }
        }

        @Test
        void areUnlockedByTheirThreadOnly() throws InterruptedException {
            Lock lock = mine.lock().asLock(name, options());
            lock.lock();
            BlockedCall<Boolean> foreign = new BlockedCall<>(() -> {
                lock.unlock();
                return true;
            });
            assertThat(foreign.failure()).satisfies(hasCode(ErrorCode.INVALID_STATE));
            assertThat(other.lock().asLock(name, options()).tryLock(200, TimeUnit.MILLISECONDS))
                    .isFalse();
            lock.unlock();
            assertGetsFree();
            assertFails(ErrorCode.INVALID_STATE, lock::unlock);
        }

        @Test
        void tellOfALossWhenTheyAreUnlocked() {
            Lock lock = mine.lock().asLock(name, options());
            lock.lock();
            mine.close();
            assertFails(ErrorCode.LOCK_LOST, lock::unlock);
        }
    }

    @Nested
    @SuppressWarnings("LockNotBeforeTry")
    class JdkReadWriteLocks {

        @Test
        void letManyReadOrOneWrite() throws InterruptedException {
            ReadWriteLock here = mine.lock().asReadWriteLock(name, options());
            ReadWriteLock there = other.lock().asReadWriteLock(name, options());
            here.readLock().lock();
            assertThat(there.readLock().tryLock()).isTrue();
            assertFails(ErrorCode.VALIDATION_ERROR, here.writeLock()::lock);
            there.readLock().unlock();
            assertThat(there.writeLock().tryLock(200, TimeUnit.MILLISECONDS)).isFalse();
            here.readLock().unlock();
            there.writeLock().lock();
            assertThat(here.readLock().tryLock()).isFalse();
            there.writeLock().unlock();
            assertGetsFree();
        }

        @Test
        void letAWriterBecomeAReader() throws InterruptedException {
            ReadWriteLock here = mine.lock().asReadWriteLock(name, options());
            ReadWriteLock there = other.lock().asReadWriteLock(name, options());
            here.writeLock().lock();
            here.readLock().lock();
            assertThat(there.readLock().tryLock()).isFalse();
            here.writeLock().unlock();
            assertThat(there.readLock().tryLock(SOON.toMillis(), TimeUnit.MILLISECONDS))
                    .isTrue();
            there.readLock().unlock();
            assertThat(there.writeLock().tryLock()).isFalse();
            here.readLock().unlock();
            assertGetsFree();
        }
    }

    @Nested
    class Tasks {

        @Test
        void runUnderTheLock() throws Exception {
            assertThat(mine.lock()
                            .withLock(
                                    name,
                                    options(),
                                    () -> other.lock().tryAcquire(name, TTL).isPresent()))
                    .isFalse();
            assertGetsFree();
            IllegalStateException own = new IllegalStateException("own");
            assertThatThrownBy(() -> mine.lock().withLock(name, options(), () -> {
                        throw own;
                    }))
                    .isSameAs(own);
            assertGetsFree();
        }

        @Test
        void doNotReturnWhenTheLockWasLost() {
            assertFails(
                    ErrorCode.LOCK_LOST,
                    () -> mine.lock().withLock(name, options(), () -> {
                        mine.close();
                        return true;
                    }));
        }
    }

    @Nested
    class Templates {

        @Test
        void nameTheSameLockEverywhere() throws Exception {
            LockTemplate here = mine.lock().template(name + ":{user}:{n}", options());
            LockTemplate there = other.lock().template(name + ":{user}:{n}", options());
            LockHandle held = here.acquire(Map.of("user", "a:b", "n", 1));
            assertThat(held.key()).isEqualTo(name + ":a%3Ab:1");
            assertThat(there.tryAcquire(Map.of("user", "a:b", "n", 1))).isEmpty();
            assertThat(there.withLock(Map.of("user", "a", "n", 1), () -> "free"))
                    .isEqualTo("free");
            assertFails(ErrorCode.VALIDATION_ERROR, here.acquireAsync(Map.of("user", "a")));
            assertThat(held.unlock()).isTrue();
            granted(there.acquireAsync(Map.of("user", "a:b", "n", 1))).close();
        }
    }

    @Nested
    class Striping {

        @Test
        void locksWhatBelongsTogether() throws Exception {
            StripedLocks here = mine.lock().striped(name, 8, options());
            StripedLocks there = other.lock().striped(name, 8, options());
            List<String> some = List.of("a", "b", "c", "d");
            StripedHold held = here.acquireAll(some);
            assertThat(some).allSatisfy(resource -> {
                assertThat(there.stripe(resource)).isEqualTo(here.stripe(resource));
                assertThat(there.tryAcquire(resource)).isEmpty();
            });
            assertThat(there.tryAcquireAll(List.of("a", "z"))).isEmpty();
            assertThat(held.unlock()).isTrue();
            there.tryAcquireAll(some).orElseThrow().close();
        }

        @Test
        void ofManyAtOnceDoesNotDeadlock() {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                StripedLocks stripes = (i % 2 == 0 ? mine : other).lock().striped(name, 4, options());
                List<String> wanted = i < 2 ? List.of("a", "b", "c", "foobar") : List.of("foobar", "c", "b", "a");
                all.add(CompletableFuture.runAsync(() -> takeSome(stripes, wanted), ThreadPerTask.THREADS));
            }
            all.forEach(done -> result(done.orTimeout(30, TimeUnit.SECONDS)));
        }

        private void takeSome(StripedLocks stripes, List<String> wanted) {
            try {
                for (int round = 0; round < 5; round++) {
                    assertThat(stripes.acquireAll(wanted).unlock()).isTrue();
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class Jobs {

        private JobLock of(Coordinator coordinator, Duration atLeast) {
            return coordinator
                    .lock()
                    .job(name, JobOptions.builder().ttl(TTL).atLeast(atLeast).build());
        }

        @Test
        void runInOnePlaceAtATime() throws Exception {
            assertThat(of(mine, Duration.ZERO).run(run -> {
                        run.assertHeld();
                        assertThat(of(other, Duration.ZERO).run(again -> {})).isFalse();
                        assertThat(of(mine, Duration.ZERO).run(again -> {})).isFalse();
                    }))
                    .isTrue();
            await().atMost(SOON).until(() -> of(other, Duration.ZERO).run(run -> {}));
        }

        @Test
        void areNotBegunAgainForAtLeastEvenWhenTheirProcessIsGone() throws Exception {
            assertThat(of(mine, SHORT_TTL).run(run -> {})).isTrue();
            mine.close();
            assertThat(of(other, SHORT_TTL).run(run -> {})).isFalse();
            await().atMost(SOON).until(() -> of(other, SHORT_TTL).run(run -> {}));
        }

        @Test
        void giveTheLockUpAfterAtMost() {
            JobLock brief = mine.lock()
                    .job(
                            name,
                            JobOptions.builder().atMost(Duration.ofMillis(300)).build());
            assertFails(
                    ErrorCode.LOCK_LOST,
                    () -> brief.run(run -> await().atMost(SOON)
                            .until(() -> of(other, Duration.ZERO).run(second -> {}))));
        }
    }
}
