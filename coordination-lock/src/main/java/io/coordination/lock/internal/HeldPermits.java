package io.coordination.lock.internal;

import io.coordination.internal.Checks;
import io.coordination.lock.LockLost;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.synchronizer.Permits;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Permits that were granted together. */
final class HeldPermits implements Permits {

    private final Environment env;
    private final ClaimRequest request;
    private final ClaimHold hold;
    private final Membership value;
    private volatile int count; // changed in the serial executor of the request

    /**
     * Permits that are held.
     *
     * @param value what their key was put with
     */
    HeldPermits(Environment env, ClaimRequest request, ClaimHold hold, Membership value, int count) {
        this.env = env;
        this.request = request;
        this.hold = hold;
        this.value = value;
        this.count = count;
    }

    @Override
    public String key() {
        return hold.name();
    }

    @Override
    public int count() {
        return hold.isOpen() ? count : 0;
    }

    @Override
    public boolean isHeld() {
        return hold.isHeld();
    }

    @Override
    public Duration remaining() {
        return hold.remaining();
    }

    @Override
    public Duration ttl() {
        return hold.ttl();
    }

    @Override
    public boolean release() {
        return awaited(hold.release());
    }

    @Override
    public boolean release(int permits) {
        return awaited(request.serial().compose(() -> chunk(permits)));
    }

    private CompletableFuture<Boolean> chunk(int permits) {
        int left = count();
        if (permits >= 1 && left == 0) {
            return CompletableFuture.completedFuture(false);
        }
        if (permits < 1 || permits > left) {
            return CompletableFuture.failedFuture(
                    Checks.invalid("permits", permits, "release between 1 and the " + left + " that are held"));
        }
        if (permits == left) {
            return hold.release();
        }
        count = left - permits;
        return request.amend(value.as(PlaceMode.permits(count)).toBytes());
    }

    private boolean awaited(CompletableFuture<Boolean> released) {
        return BoundedWait.uninterruptibly(env, released, "releasing permits of semaphore '" + key() + "'");
    }

    @Override
    public void close() {
        hold.release();
    }

    @Override
    public CompletionStage<LockLost> lost() {
        return hold.lost();
    }
}
