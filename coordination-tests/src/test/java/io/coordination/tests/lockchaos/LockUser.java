package io.coordination.tests.lockchaos;

import io.coordination.CoordinationException;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.testkit.LockObservation;
import io.coordination.tests.lockchaos.Journal.Entry;
import io.coordination.tests.lockchaos.Journal.Entry.What;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A thread that asks for locks in all ways, raises what they guard, and writes down everything. Told to finish, it ends what
 * it is about, and then takes each lock once more.
 */
final class LockUser implements Runnable {

    private static final AtomicLong requests = new AtomicLong();
    /** Longer than every lock needs to come free once the faults are over: two TTLs and an election. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DistributedLock locks;
    private final GuardedCounter counter;
    private final Journal journal;
    private final LockOptions options;
    private final Random random;
    private final CountDownLatch finish;

    LockUser(
            DistributedLock locks,
            GuardedCounter counter,
            Journal journal,
            LockOptions options,
            Random random,
            CountDownLatch finish) {
        this.locks = locks;
        this.counter = counter;
        this.journal = journal;
        this.options = options;
        this.random = random;
        this.finish = finish;
    }

    @Override
    public void run() {
        try {
            while (!finish.await(5 + random.nextInt(40), TimeUnit.MILLISECONDS)) {
                ask(UserSettings.LOCKS.get(random.nextInt(UserSettings.LOCKS.size())));
            }
            for (String lock : UserSettings.LOCKS) {
                takeOnceMore(lock);
            }
        } catch (InterruptedException | RuntimeException e) {
            journal.write(Entry.of(What.BROKEN, "a thread that uses locks ended with " + e));
        }
    }

    private void ask(String lock) throws InterruptedException {
        Way way = Way.random(random);
        long request = requests.incrementAndGet();
        journal.write(Entry.of(What.ASKED, request, lock, way));
        String outcome;
        try {
            LockHandle handle = obtain(lock, way);
            outcome = handle == null ? "nothing" : "granted";
            if (handle != null) {
                use(handle);
            }
        } catch (CoordinationException e) {
            outcome = e.code().name();
        }
        journal.write(Entry.of(What.ANSWERED, request, outcome));
    }

    private @Nullable LockHandle obtain(String lock, Way way) throws InterruptedException {
        return switch (way) {
            case ACQUIRE -> locks.acquire(lock, options);
            case TRY -> locks.tryAcquire(lock, options.ttl()).orElse(null);
            case TRY_FOR_A_WHILE ->
                locks.tryAcquire(lock, waiting(Duration.ofMillis(20 + random.nextInt(3_000))))
                        .orElse(null);
            case ASYNC_UNTIL_CANCELLED -> cancelledOrGranted(locks.acquireAsync(lock, options));
        };
    }

    private @Nullable LockHandle cancelledOrGranted(CompletableFuture<LockHandle> asked) throws InterruptedException {
        try {
            return asked.get(random.nextInt(300), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return asked.cancel(true) ? null : join(asked);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static LockHandle join(CompletableFuture<LockHandle> asked) {
        try {
            return asked.join();
        } catch (CompletionException e) {
            throw failure(e.getCause());
        }
    }

    private static CoordinationException failure(@Nullable Throwable cause) {
        if (cause instanceof CoordinationException failure) {
            return failure;
        }
        throw new IllegalStateException("a future of ours failed with something else", cause);
    }

    private LockOptions waiting(Duration limit) {
        return options.toBuilder().waitTime(limit).build();
    }

    private void use(LockHandle handle) throws InterruptedException {
        observe(handle);
        counter.increment(handle);
        observe(handle);
        // Now and then so long that a fault meets a holder.
        finish.await(random.nextInt(8) == 0 ? random.nextInt(1_500) : random.nextInt(20), TimeUnit.MILLISECONDS);
        observe(handle);
        if (random.nextBoolean()) {
            handle.close();
        } else {
            handle.unlock();
        }
    }

    /** Writes down that the lock is held, and between which two moments it surely was. */
    private void observe(LockHandle handle) {
        long before = System.nanoTime();
        boolean held = handle.isHeld();
        long after = System.nanoTime();
        if (held) {
            journal.write(Entry.of(What.HELD, handle.key(), handle.fencingToken(), before, after));
        }
    }

    static LockObservation observation(String holder, Entry held) {
        return new LockObservation(held.fact(0), holder, held.number(1), held.number(2), held.number(3));
    }

    /** Takes a lock within {@link #PATIENCE}. Servers that have just elected may still leave a call unanswered: it is made again. */
    private void takeOnceMore(String lock) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<CoordinationException> unanswered;
        do {
            unanswered = takeUntil(end, lock);
        } while (unanswered.isPresent() && end - System.nanoTime() > 0);
        unanswered.ifPresent(e -> journal.write(
                Entry.of(What.BROKEN, lock + " was not to be had within " + PATIENCE + " after the faults: " + e)));
    }

    /** What a call that may be made again failed with; empty when the lock was had, or something else was written down. */
    private Optional<CoordinationException> takeUntil(long end, String lock) throws InterruptedException {
        Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
        try {
            Optional<LockHandle> handle = locks.tryAcquire(lock, waiting(left));
            if (handle.isPresent()) {
                use(handle.get());
                journal.write(Entry.of(What.SERVED, lock));
            } else {
                journal.write(Entry.of(What.BROKEN, lock + " was not to be had within " + PATIENCE));
            }
        } catch (CoordinationException e) {
            if (e.retryable()) {
                return Optional.of(e);
            }
            journal.write(Entry.of(What.BROKEN, lock + " was not to be had once the faults were over: " + e));
        }
        return Optional.empty();
    }

    /** How a lock is asked for. */
    private enum Way {
        ACQUIRE,
        TRY,
        TRY_FOR_A_WHILE,
        ASYNC_UNTIL_CANCELLED;

        /** Whoever waits without a limit waits for everybody who is gone; a few of these are enough. */
        static Way random(Random random) {
            return random.nextInt(6) == 0 ? ACQUIRE : values()[1 + random.nextInt(values().length - 1)];
        }
    }
}
