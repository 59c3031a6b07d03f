package io.coordination.lock.internal;

import io.coordination.CoordinationTimeoutException;
import io.coordination.internal.Checks;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.NamedLock;
import io.coordination.lock.internal.queue.PlaceMode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A lock of a name in one mode.
 *
 * @param locks what it is a lock of
 * @param key the name
 * @param mode exclusive or shared
 */
record LockInMode(QueueLocks locks, String key, PlaceMode mode) implements NamedLock {

    @Override
    public LockHandle acquire(Duration ttl) throws InterruptedException {
        return acquire(LockOptions.ofTtl(ttl));
    }

    @Override
    public LockHandle acquire(LockOptions options) throws InterruptedException {
        return GrantCalls.await(askedByThisThread(options, acquireMode(options)))
                .orElseThrow(this::heldByOthers);
    }

    @Override
    public Optional<LockHandle> tryAcquire(Duration ttl) {
        return tryOnce(LockOptions.ofTtl(ttl));
    }

    /** One attempt, whatever wait time the options have. */
    Optional<LockHandle> tryOnce(LockOptions options) {
        return GrantCalls.awaitOnce(asked(options, Request.Mode.TRY_ONCE)).map(hold -> hold);
    }

    @Override
    public Optional<LockHandle> tryAcquire(LockOptions options) throws InterruptedException {
        return GrantCalls.await(askedByThisThread(options, tryMode(options))).map(hold -> hold);
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(LockOptions options) {
        return Refusals.asFuture(() -> GrantCalls.async(
                locks.env(), asked(options, acquireMode(options)), granted -> granted.orElseThrow(this::heldByOthers)));
    }

    @Override
    public CompletableFuture<Optional<LockHandle>> tryAcquireAsync(LockOptions options) {
        return Refusals.asFuture(() ->
                GrantCalls.async(locks.env(), asked(options, tryMode(options)), granted -> granted.map(hold -> hold)));
    }

    // Null options are refused together with the other arguments.
    private static Request.Mode tryMode(@Nullable LockOptions options) {
        boolean waits = options != null
                && options.waitTime().filter(time -> !time.isZero()).isPresent();
        return waits ? Request.Mode.TRY_FOR_A_WHILE : Request.Mode.TRY_ONCE;
    }

    private static Request.Mode acquireMode(@Nullable LockOptions options) {
        boolean once =
                options != null && options.waitTime().filter(Duration::isZero).isPresent();
        return once ? Request.Mode.TRY_ONCE : Request.Mode.ACQUIRE;
    }

    private CoordinationTimeoutException heldByOthers() {
        return new CoordinationTimeoutException(
                "lock '" + key + "' was not acquired, because its waitTime is zero and others hold it");
    }

    private Asked asked(LockOptions options, Request.Mode patience) {
        return begun(request(options, patience));
    }

    /** A thread that waits for the answer is the owner in a deadlock. */
    private Asked askedByThisThread(LockOptions options, Request.Mode patience) {
        Request request = request(options, patience);
        request.waitedForBy(Thread.currentThread());
        return begun(request);
    }

    private Request request(LockOptions options, Request.Mode patience) {
        Checks.name("key", key);
        Checks.notNull("options", options);
        if (mode.equals(PlaceMode.SHARED) && options.fixedTtl()) {
            throw Checks.invalid("fixedTtl", true, "readers share a lease, so their locks cannot have a fixed TTL");
        }
        return new Request(key, options, patience, mode);
    }

    private Asked begun(Request request) {
        locks.begin(request);
        return new Asked(locks, request);
    }

    /** A request that is on its way to the queue of its lock. */
    private record Asked(QueueLocks locks, Request request) implements PendingGrant<Hold> {

        @Override
        public String name() {
            return request.name();
        }

        @Override
        public String what() {
            return "lock '" + request.name() + "'";
        }

        @Override
        public CompletableFuture<Optional<Hold>> answer() {
            return request.answer();
        }

        @Override
        public boolean cancel() {
            boolean first = request.cancel();
            if (first) {
                locks.withdraw(request);
            }
            return first;
        }

        @Override
        public void giveBack(Hold granted) {
            granted.close();
        }
    }
}
