package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;

/**
 * What an operator does to a place of any process: writes to it, or takes it away and writes that. The guard is the revision
 * that made the place, so that no later one is meant; the message hangs on the addressee's lease and goes with it.
 *
 * <p>Each is sent once: after a lost answer its outcome is unknown, and the operator looks at the queue again.
 */
final class Intervention {

    private final Environment env;
    private final Store store;

    Intervention(Environment env) {
        this.env = env;
        this.store = env.store();
    }

    /** Delivers a message; false when its place is gone. */
    CompletableFuture<Boolean> ask(Letter letter) {
        return onPlace(letter, (found, mailKey) -> LockTxns.ask(found, mailKey, letter.written()));
    }

    /** Deletes the place and delivers a message about it; false when it was gone. */
    CompletableFuture<Boolean> take(Letter letter) {
        return onPlace(letter, (found, mailKey) -> LockTxns.force(found, mailKey, letter.written()));
    }

    /** The lease is not part of the name: a holder may have moved its place to another one. */
    private CompletableFuture<Boolean> onPlace(Letter letter, BiFunction<KeyValue, String, Txn> txn) {
        return store.range(RangeQuery.key(letter.k())).thenCompose(found -> onPlace(letter, found.first(), txn));
    }

    private CompletableFuture<Boolean> onPlace(
            Letter letter, Optional<KeyValue> found, BiFunction<KeyValue, String, Txn> txn) {
        Optional<KeyValue> place = found.filter(entry -> letter.concerns(entry.key(), entry.createRevision()));
        if (place.isEmpty()) {
            return CompletableFuture.completedFuture(false);
        }
        long number = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        String mailKey = env.keys().sessionKey(place.get().lease()) + "/" + number;
        return store.txn(txn.apply(place.get(), mailKey))
                .thenCompose(result -> result.succeeded()
                        ? CompletableFuture.completedFuture(true)
                        : onPlace(letter, result.range(0).first(), txn))
                .exceptionallyCompose(Intervention::unlessLeaseIsGone);
    }

    /** Without the lease there is no place either. */
    private static CompletableFuture<Boolean> unlessLeaseIsGone(Throwable failure) {
        CoordinationException known = Blocking.failure(failure, "reaching the process of a place");
        return known.code() == ErrorCode.NOT_FOUND
                ? CompletableFuture.completedFuture(false)
                : CompletableFuture.failedFuture(known);
    }
}
