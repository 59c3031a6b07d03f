package io.coordination.lock.internal;

import io.coordination.store.Blocking;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.JsonCodec;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;

/**
 * The time in which a job is not begun again: a key on a lease of just that length, which nobody renews and which needs
 * nobody. It is put once, guarded by its absence, and never replaced.
 */
final class JobInterval {

    private static final SecureRandom IDS = new SecureRandom();

    private final Environment env;
    private final String name;
    private final String key;

    /** What operators see: part of the stored format. */
    private record Begun(String begun, String until, String lease) {}

    JobInterval(Environment env, String name) {
        this.env = env;
        this.name = name;
        this.key = env.keys().jobKey(name);
    }

    /**
     * Begins the time, unless it runs. Only for who holds the lock of the job.
     *
     * @param length whole seconds
     */
    boolean begin(Duration length) {
        if (Blocking.await(env.store().range(RangeQuery.key(key)), operation())
                .first()
                .isPresent()) {
            return false;
        }
        long lease = (IDS.nextLong() & Long.MAX_VALUE) | 1;
        boolean begun = false;
        try {
            Blocking.await(env.store().grant(lease, length), operation());
            begun = put(lease, length);
            return begun;
        } finally {
            if (!begun) {
                revoke(lease);
            }
        }
    }

    private boolean put(long lease, Duration length) {
        Instant now = env.time().now();
        Bytes value = JsonCodec.write(new Begun(now.toString(), now.plus(length).toString(), Keys.leaseSegment(lease)));
        Txn txn = Txn.when(Compare.absent(key))
                .then(Op.put(key, value, lease))
                .orElse(Op.get(key))
                .delivered(Delivery.REPEATABLE);
        TxnResult result = Blocking.await(env.store().txn(txn), operation());
        // Sent twice, the second finds the first.
        return result.succeeded()
                || result.range(0)
                        .first()
                        .filter(found -> found.lease() == lease)
                        .isPresent();
    }

    /** Also bars late copies of the put; a lease that stays behind for want of an answer ends by itself. */
    private void revoke(long lease) {
        env.store().revoke(lease).exceptionally(failure -> {
            env.log()
                    .atDebug()
                    .setCause(failure instanceof CompletionException ? failure.getCause() : failure)
                    .addKeyValue("job", name)
                    .log("A lease of a job that did not begin was not revoked");
            return null;
        });
    }

    private String operation() {
        return "beginning job '" + name + "'";
    }
}
