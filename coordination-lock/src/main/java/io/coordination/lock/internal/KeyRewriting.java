package io.coordination.lock.internal;

import io.coordination.lock.LockLostReason;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.store.KeyValue;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Puts the key of a place once more: with a weaker mode, or on another lease; its place in the queue and the token stay. Confined
 * to the serial executor of its lock.
 *
 * <p>Each put compares the revision of the last one. A copy that comes late would otherwise undo what was put since: make a lock
 * exclusive that is shared by now, or hang the key on a lease that has been given back.
 */
final class KeyRewriting {

    private final QueueContext context;
    private final Place place;
    private long modRevision;
    private boolean weakening;

    /** A key that has been put once. */
    KeyRewriting(QueueContext context, Place place) {
        this.context = context;
        this.place = place;
        this.modRevision = place.revision();
    }

    /** Whether the mode of the key is being changed. */
    boolean isWeakening() {
        return weakening;
    }

    /** Puts the mode that the place has now. */
    void weaken(PlaceMode mode) {
        Membership value = place.weakened(mode);
        weakening = true;
        GuardedPut put = new GuardedPut(
                context,
                () -> LockTxns.rewrite(place.key(), modRevision, value.toBytes()),
                answer -> outcome(answer, found -> found.value().equals(value.toBytes())),
                () -> !place.isOver(),
                () -> !place.leases().isMoving());
        put.applied().thenAccept(applied -> {
            weakening = false;
            context.machine().weakened(place.id(), applied || place.isOver());
        });
        put.send();
    }

    /** Hangs the key on another lease, once nothing but what is put now can come. Until that is definite both leases must live. */
    CompletableFuture<Void> rebind(Fence target, Duration ttl, CompletableFuture<Void> noLateCopies) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        long lease = target.session().leaseId();
        place.leases().beginMove(target);
        GuardedPut put = new GuardedPut(
                context,
                () -> LockTxns.rebind(place.key(), modRevision, place.value().toBytes(), lease),
                answer -> outcome(answer, found -> found.lease() == lease),
                () -> !place.isOver(),
                () -> true);
        put.applied().thenAccept(moved -> {
            if (!place.isOver() && moved) {
                moved(target, ttl);
            } else if (!place.isOver()) {
                context.machine().lost(place.id(), LockLostReason.FORCED, Optional.empty());
            }
        });
        put.firstAnswer().whenComplete((moved, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else if (moved) {
                result.complete(null);
            } else {
                result.completeExceptionally(place.keyIsGone());
            }
        });
        noLateCopies.thenRun(() -> context.serial().execute(put::send));
        return result;
    }

    private void moved(Fence target, Duration ttl) {
        QueueMachine machine = context.machine(); // first: a lock at rest is known by its lease
        place.leases().endMove();
        machine.moved(place.id(), place.moved(ttl));
        if (place.isOfItsOwn()) {
            target.session().renewLastTime();
        }
    }

    /** What an answer says: nothing yet when an earlier put has come between, so that it has to be sent again. */
    private Optional<Boolean> outcome(TxnResult answer, Predicate<KeyValue> isDone) {
        if (answer.succeeded()) {
            modRevision = answer.revision();
            return Optional.of(true);
        }
        Optional<KeyValue> found = answer.range(0).first().filter(entry -> entry.createRevision() == place.revision());
        found.ifPresent(entry -> modRevision = entry.modRevision());
        if (found.isEmpty()) {
            return Optional.of(false);
        }
        return isDone.test(found.get()) ? Optional.of(true) : Optional.empty();
    }
}
