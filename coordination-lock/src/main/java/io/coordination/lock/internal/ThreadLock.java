package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.internal.Checks;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.NamedLock;
import io.coordination.store.Blocking;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A distributed lock as a lock of the JDK. Who holds it is told by the {@link Thread} object, whose id may be used again; the
 * queue knows it as the owner, too, so that a thread may read what it writes. Thread-safe.
 */
final class ThreadLock implements Lock {

    /** What one thread holds; touched by that thread alone. */
    private static final class Held {
        final LockHandle handle;
        int count = 1;

        Held(LockHandle handle) {
            this.handle = handle;
        }
    }

    private final NamedLock lock;
    private final LockOptions options;
    private final Map<Thread, Held> holders = new ConcurrentHashMap<>();

    ThreadLock(NamedLock lock, LockOptions options) {
        this.lock = lock;
        // An owner of a name would let one thread in while another one works.
        this.options = options.toBuilder().owner(LockOwner.ofThread()).build();
    }

    @Override
    public void lock() {
        if (!enteredAgain()) {
            hold(uninterruptibly(lock.acquireAsync(options)));
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        requireNotInterrupted();
        if (!enteredAgain()) {
            hold(lock.acquire(options));
        }
    }

    @Override
    public boolean tryLock() {
        return enteredAgain() || hold(uninterruptibly(lock.tryAcquireAsync(waiting(Duration.ZERO))));
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Duration wait =
                Duration.of(Math.max(0, time), Checks.notNull("unit", unit).toChronoUnit());
        requireNotInterrupted();
        return enteredAgain() || hold(lock.tryAcquire(waiting(wait)));
    }

    private static void requireNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before the lock was asked for");
        }
    }

    private LockOptions waiting(Duration time) {
        return options.toBuilder().waitTime(time).build();
    }

    private boolean enteredAgain() {
        Held held = holders.get(Thread.currentThread());
        if (held == null) {
            return false;
        }
        if (!held.handle.isHeld()) {
            throw new LockLostException(
                    "lock '" + lock.key() + "', which this thread took before, is not certainly held any more:"
                            + " leave what it protects, unlock, and lock again");
        }
        held.count++;
        return true;
    }

    private boolean hold(Optional<LockHandle> taken) {
        taken.ifPresent(this::hold);
        return taken.isPresent();
    }

    private void hold(LockHandle taken) {
        holders.put(Thread.currentThread(), new Held(taken));
    }

    private <T> T uninterruptibly(CompletableFuture<T> asked) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return asked.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw Blocking.failure(e, "acquiring lock '" + lock.key() + "'");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void unlock() {
        @Nullable Held held = holders.get(Thread.currentThread());
        if (held == null) {
            throw new CoordinationException(
                    ErrorCode.INVALID_STATE,
                    "lock '" + lock.key()
                            + "' is not held by this thread: only the thread that locked it can unlock it");
        }
        if (--held.count > 0) {
            return;
        }
        holders.remove(Thread.currentThread());
        if (!held.handle.unlock()) {
            throw new LockLostException(
                    "lock '" + lock.key() + "' was lost before it was unlocked: another owner may have been at work");
        }
    }

    /** Not offered: there is nobody in other processes who could signal. */
    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("a distributed lock has no conditions");
    }

    @Override
    public String toString() {
        return "Lock[" + lock.key() + "]";
    }
}
