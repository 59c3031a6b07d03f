package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.session.SessionLoss;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One party's key of a barrier, from before it is put until it is certain that it is gone. Thread-safe; nothing blocks.
 */
final class LeasedPlace {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private enum Phase {
        NEW,
        SENT,
        TAKEN,
        LEAVING
    }

    private final Environment env;
    private final BarrierKeys keys;
    private final Fence fence;
    private final String key;
    private final KeyLeases leases;
    private final LateCopies lateCopies;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final CompletableFuture<Boolean> gone = new CompletableFuture<>();
    private volatile long createRevision;
    private volatile List<KeyValue> others = List.of();
    private volatile boolean seen; // that the key was there when it was to be taken away

    /** What others do to the key; messages are about locks. */
    private record Loss(CompletableFuture<Void> lost) implements KeyLeases.Listener {

        @Override
        public void keyWasDeleted() {
            lost.complete(null);
        }

        @Override
        public void leaseIsOver(SessionLoss loss) {
            lost.complete(null);
        }

        @Override
        public void letterCame(Letter letter) {}
    }

    /** A place that nobody has asked for yet; one reservation of the fence's session passes to it. */
    LeasedPlace(Environment env, BarrierKeys keys, Fence fence) {
        this.env = env;
        this.keys = keys;
        this.fence = fence;
        this.lateCopies = new LateCopies(fence);
        this.key = keys.partyKey(fence);
        this.leases = new KeyLeases(fence, key, new Loss(lost));
    }

    String key() {
        return key;
    }

    Fence fence() {
        return fence;
    }

    long createRevision() {
        return createRevision;
    }

    /** Completes when the key is gone and it was not this process that deleted it. */
    CompletableFuture<Void> lost() {
        return lost;
    }

    /** Completes when the key is certainly gone. */
    CompletableFuture<Boolean> gone() {
        return gone;
    }

    /** Whether the key certainly exists at this moment. */
    boolean isValid() {
        return phase.get() == Phase.TAKEN && !lost.isDone() && leases.isValid();
    }

    /** From now on a copy of the request may be applied. */
    void sending() {
        phase.compareAndSet(Phase.NEW, Phase.SENT);
        requireStaying();
    }

    /** An answer was lost: a copy may be applied while the fence has this revision. */
    void uncertain(long fenceRevision) {
        lateCopies.add(fenceRevision);
    }

    /** The key was put at a revision. */
    void taken(long revision) {
        createRevision = revision;
        leases.believe(revision);
        if (lateCopies.arePossible()) {
            fence.settle();
        }
        phase.compareAndSet(Phase.SENT, Phase.TAKEN);
        requireStaying();
    }

    private void requireStaying() {
        if (phase.get() == Phase.LEAVING) {
            throw new CoordinationClosedException("the coordinator was closed");
        }
    }

    /** The key is gone, because this process deleted it by another request. */
    void removed() {
        if (beginLeaving()) {
            end(true);
        }
    }

    private boolean beginLeaving() {
        Phase before = phase.getAndSet(Phase.LEAVING);
        if (before == Phase.LEAVING) {
            return false;
        }
        leases.forgetLosses();
        return true;
    }

    private void end(boolean ours) {
        leases.release();
        gone.complete(ours);
    }

    /** Who was there beside this party when it began to leave. */
    List<KeyValue> others() {
        return others;
    }

    /**
     * Takes the key away and does not rest before that is definite.
     *
     * @return {@link #gone()}: true when it was this process that deleted it
     */
    CompletableFuture<Boolean> leave() {
        boolean unsent = phase.get() == Phase.NEW;
        if (!beginLeaving()) {
            return gone;
        }
        if (unsent) {
            end(false);
        } else if (createRevision == 0 || lateCopies.arePossible()) {
            Departure.close(fence, List.of(key)).thenAccept(left -> end(left.ours()));
        } else {
            look();
        }
        return gone;
    }

    private void look() {
        env.store().range(RangeQuery.of(keys.all())).whenComplete((found, failure) -> {
            if (failure != null) {
                again(failure);
                return;
            }
            BarrierView view = BarrierView.of(keys, found);
            Optional<KeyValue> own = view.party(key).filter(entry -> entry.createRevision() == createRevision);
            if (own.isEmpty()) {
                // Deleted by an earlier copy whose answer was lost, or lost before.
                end(seen && leases.isValid());
                return;
            }
            if (!seen) {
                seen = true;
                others = view.without(key);
            }
            send(own.get(), view);
        });
    }

    private void send(KeyValue own, BarrierView view) {
        env.store().txn(keys.leave(own, view)).whenComplete((result, failure) -> {
            if (failure != null) {
                again(failure);
            } else if (result.succeeded()) {
                end(true);
            } else {
                look();
            }
        });
    }

    private void again(Throwable failure) {
        if (leases.areOver() || Blocking.failure(failure, "leaving a barrier").code() == ErrorCode.CLOSED) {
            end(false);
        } else {
            env.time().schedule(PAUSE, this::look);
        }
    }

    LockLostException lostFailure(String what) {
        return new LockLostException("the place in " + what + " is lost: enter again");
    }
}
