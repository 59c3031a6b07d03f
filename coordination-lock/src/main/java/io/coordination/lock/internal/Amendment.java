package io.coordination.lock.internal;

import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * New values for a key that is ours, one after another, each sent until it is definite. Each compares the mod revision that the one
 * before left, so that a late copy of an earlier value never replaces a later one. Confined to the serial executor of its claim.
 */
final class Amendment {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Environment env;
    private final SerialExecutor serial;
    private final String key;
    private final long createRevision;
    private final BooleanSupplier wanted;
    private final Runnable onGone;
    private final Queue<Next> queue = new ArrayDeque<>();
    private @Nullable Next underWay;
    private long modRevision;

    private record Next(Bytes value, CompletableFuture<Boolean> done) {}

    /**
     * Nothing to amend yet.
     *
     * @param createRevision of the key
     * @param wanted whether the key is still ours; if not, nothing is sent
     * @param onGone runs when the key turns out to be gone
     */
    Amendment(
            Environment env,
            SerialExecutor serial,
            String key,
            long createRevision,
            BooleanSupplier wanted,
            Runnable onGone) {
        this.env = env;
        this.serial = serial;
        this.key = key;
        this.createRevision = createRevision;
        this.modRevision = createRevision;
        this.wanted = wanted;
        this.onGone = onGone;
    }

    /**
     * Gives the key another value.
     *
     * @return true when it is stored, false when the key is not ours any more
     */
    CompletableFuture<Boolean> put(Bytes value) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        queue.add(new Next(value, done));
        if (underWay == null) {
            next();
        }
        return done;
    }

    private void next() {
        underWay = queue.poll();
        if (underWay != null) {
            send(underWay);
        }
    }

    private void send(Next next) {
        if (!wanted.getAsBoolean()) {
            done(next, false);
            return;
        }
        env.store()
                .txn(ClaimTxns.amend(key, createRevision, modRevision, next.value()))
                .whenComplete((result, failure) -> serial.execute(() -> {
                    if (failure == null) {
                        answered(next, result);
                    } else {
                        env.time().schedule(PAUSE, () -> serial.execute(() -> send(next)));
                    }
                }));
    }

    private void answered(Next next, TxnResult result) {
        if (result.succeeded()) {
            modRevision = result.revision();
            done(next, true);
            return;
        }
        Optional<KeyValue> found = result.range(0).first().filter(entry -> entry.createRevision() == createRevision);
        if (found.isEmpty()) {
            onGone.run();
            done(next, false);
        } else {
            // Only this process puts its keys, one value at a time: so it was our own copy whose answer was lost.
            modRevision = found.get().modRevision();
            if (found.get().value().equals(next.value())) {
                done(next, true);
            } else {
                send(next);
            }
        }
    }

    private void done(Next ended, boolean stored) {
        ended.done().complete(stored);
        next();
    }
}
