package io.coordination.lock.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * How many permits a semaphore has: stored by whoever comes first, agreed on by everybody else at the first use, and followed from then
 * on. Thread-safe.
 */
final class SemaphoreLimit {

    private final Store store;
    private final QueueKeys queue;
    private final String name;
    private final int declared;
    private final String key;
    private volatile boolean agreed;
    private volatile long known;

    SemaphoreLimit(Environment env, QueueKeys queue, String name, int declared) {
        this.store = env.store();
        this.queue = queue;
        this.name = name;
        this.declared = declared;
        this.key = PermitCapacity.limitKey(queue);
        this.known = declared;
    }

    /** How many there were when somebody last looked. */
    long known() {
        return known;
    }

    /** Somebody has read the queue. */
    void seen(Iterable<KeyValue> entries) {
        PermitCapacity capacity = new PermitCapacity(known);
        entries.forEach(entry -> capacity.limitIn(queue, entry).ifPresent(limit -> known = limit));
    }

    /**
     * Makes sure that there are as many permits as was declared, and as many as are wanted.
     *
     * @return fails with {@code CONFLICT} or {@code VALIDATION_ERROR} when there are not
     */
    CompletableFuture<Void> agree(long wanted) {
        if (agreed && wanted <= known) {
            return CompletableFuture.completedFuture(null);
        }
        Txn txn = Txn.when(Compare.absent(key))
                .then(Op.put(key, PermitCapacity.limitValue(declared), 0))
                .orElse(Op.get(key))
                .delivered(Delivery.REPEATABLE);
        return store.txn(txn).thenAccept(result -> {
            if (!result.succeeded()) {
                known = limitIn(result.range(0).first());
                requireAgreement();
            }
            agreed = true;
            if (wanted > known) {
                throw PermitCapacity.tooMany(wanted, known);
            }
        });
    }

    private void requireAgreement() {
        if (!agreed && known != declared) {
            throw new ConflictException("semaphore '" + name + "' has " + known + " permits, and " + declared
                    + " are asked for: name the same number everywhere, or change the limit");
        }
    }

    private long limitIn(Optional<KeyValue> entry) {
        OptionalLong found = entry.map(each -> new PermitCapacity(known).limitIn(queue, each))
                .orElse(OptionalLong.empty());
        return found.orElseThrow(() -> CoordinationException.of(
                ErrorCode.SERIALIZATION_ERROR, "the limit of semaphore '" + name + "' cannot be read: set it anew"));
    }

    /** Sets how many there are; guarded by what is stored now. */
    CompletableFuture<Void> change(int limit) {
        return store.range(RangeQuery.key(key)).thenCompose(found -> {
            long revision = found.first().map(KeyValue::modRevision).orElse(0L);
            Txn txn = Txn.when(Compare.modifiedAt(key, revision))
                    .then(Op.put(key, PermitCapacity.limitValue(limit), 0))
                    .orElse(Op.get(key))
                    .delivered(Delivery.REPEATABLE);
            return store.txn(txn).thenAccept(result -> changed(limit, result));
        });
    }

    private void changed(int limit, TxnResult result) {
        long stored = result.succeeded() ? limit : limitIn(result.range(0).first());
        known = stored;
        if (stored != limit) {
            throw new ConflictException("the limit of semaphore '" + name + "' was set to " + stored
                    + " by somebody else at the same time, and not to " + limit);
        }
        agreed = true;
    }
}
