package io.coordination.lock.internal.queue;

import io.coordination.CoordinationException;
import io.coordination.lock.LockLostReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carries nothing out and agrees to everything. */
final class SilentSink implements QueueSink {

    @Override
    public void reserve(long place, LocalRequest founder) {}

    @Override
    public void enqueue(long place) {}

    @Override
    public void attempt(long place, long unchangedSince) {}

    @Override
    public void giveUp(long place) {}

    @Override
    public @Nullable String requeue(long place, long successor, LocalRequest founder) {
        return null;
    }

    @Override
    public void weaken(long place, PlaceMode mode) {}

    @Override
    public void release(long place, boolean deferrable) {}

    @Override
    public void close(long place) {}

    @Override
    public void settle(long place) {}

    @Override
    public void vanished(long place) {}

    @Override
    public void drop(long place) {}

    @Override
    public void abandon(long place) {}

    @Override
    public boolean prepare(long place, boolean first) {
        return true;
    }

    @Override
    public void readQueue() {}

    @Override
    public long lingerNanos(long place) {
        return 0;
    }

    @Override
    public void openWatch() {}

    @Override
    public void closeWatch() {}

    @Override
    public void arm(QueueTimer timer, long nanos) {}

    @Override
    public void disarm(QueueTimer timer) {}

    @Override
    public void queued(LocalRequest request) {}

    @Override
    public boolean grant(LocalRequest request, long place, int number, PlaceMode mode) {
        return true;
    }

    @Override
    public void refuse(LocalRequest request) {}

    @Override
    public void fail(LocalRequest request, CoordinationException cause) {}

    @Override
    public void refuseUpgrade(LocalRequest request) {}

    @Override
    public void lose(long place, LockLostReason reason, Optional<Throwable> cause) {}

    @Override
    public boolean retain(long place) {
        return true;
    }

    @Override
    public void retainNoLonger(long place) {}

    @Override
    public void retire() {}
}
