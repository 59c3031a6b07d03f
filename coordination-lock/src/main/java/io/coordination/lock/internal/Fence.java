package io.coordination.lock.internal;

import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TxnResult;
import io.coordination.store.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fence of one lease: what makes it certain that an enqueue whose answer was lost will never be applied late.
 *
 * <p>Every enqueue compares the mod revision of the session key. Moving the fence, by putting that key once more, makes
 * every copy that was sent before fail, however long it sat in a queue or a log; copies that were applied before are
 * deleted in the same transaction, by name, which is safe because names are never used again. No waiting time could prove
 * the same.
 *
 * <p>At most one such transaction is under way for a lease, for all attempts together. Thread-safe.
 */
final class Fence {

    private static final Logger log = LoggerFactory.getLogger(Fence.class);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int KEYS_AT_ONCE = 100;
    private static final String SETTLING = "settling ";

    private final Environment env;
    private final Session session;
    private final String key;
    private final AtomicLong attempts = new AtomicLong();
    private final AtomicLong revision;
    private final LeaseKeys keys;

    // Confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Map<String, CompletableFuture<Void>> waiting = new LinkedHashMap<>();
    private boolean moving;

    Fence(Environment env, Session session) {
        this.env = env;
        this.session = session;
        this.key = env.keys().sessionKey(session.leaseId());
        this.revision = new AtomicLong(session.firstFence());
        this.keys = new LeaseKeys(env.store(), this);
    }

    Session session() {
        return session;
    }

    String key() {
        return key;
    }

    /** The keys that may be on the lease. */
    LeaseKeys keys() {
        return keys;
    }

    /** The mod revision of the session key as known here. */
    long revision() {
        return revision.get();
    }

    /** Someone read the session key; later revisions win. */
    void seen(long modRevision) {
        revision.accumulateAndGet(modRevision, Math::max);
    }

    /** A number that no attempt of this lease has had. */
    long nextAttempt() {
        return attempts.incrementAndGet();
    }

    /**
     * Ends an attempt for good, whether it was, will be, or would have been applied. The future completes when that is
     * definite, or when the session is over, which is definite as well: its lease is revoked.
     */
    CompletableFuture<Void> close(String attemptKey) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        serial.execute(() -> {
            waiting.computeIfAbsent(attemptKey, any -> new CompletableFuture<>())
                    .thenAccept(done::complete);
            move();
        });
        return done;
    }

    /** Makes all copies of enqueues that were sent before fail, without ending any attempt. */
    CompletableFuture<Void> settle() {
        // A name of its own: a transaction that is under way may have been applied before the last copy was sent.
        return close(SETTLING + nextAttempt());
    }

    private void move() {
        if (moving || waiting.isEmpty()) {
            return;
        }
        moving = true;
        List<String> keys = new ArrayList<>(waiting.keySet());
        send(keys.subList(0, Math.min(KEYS_AT_ONCE, keys.size())), revision());
    }

    private void send(List<String> keys, long known) {
        List<String> attemptKeys =
                keys.stream().filter(k -> !k.startsWith(SETTLING)).toList();
        env.store()
                .txn(LockTxns.close(key, session.identity(), known, attemptKeys))
                .whenComplete((result, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        answered(keys, result);
                    } else if (session.isOver()) {
                        done(keys);
                    } else {
                        log.atDebug()
                                .setCause(failure)
                                .addKeyValue("fence", key)
                                .log("Moving the fence failed, retrying");
                        env.time().schedule(PAUSE, () -> serial.execute(() -> send(keys, known)));
                    }
                }));
    }

    private void answered(List<String> keys, TxnResult result) {
        if (result.succeeded()) {
            seen(result.revision());
            done(keys);
            return;
        }
        Optional<KeyValue> found = result.range(0).first();
        if (found.isEmpty()) {
            session.keyIsGone();
            done(keys);
        } else {
            // Most likely our own first copy moved it. Moving it once more costs a round trip and needs no such guess.
            seen(found.get().modRevision());
            send(keys, revision());
        }
    }

    private void done(List<String> keys) {
        moving = false;
        for (String closedKey : List.copyOf(keys)) {
            CompletableFuture<Void> future = waiting.remove(closedKey);
            if (future != null) {
                future.complete(null);
            }
        }
        move();
    }
}
