package io.coordination.registry.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import io.coordination.store.session.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ends the key of one registration for good: repeated until the answer is definite, or until the lease is lost, which ends
 * the key as well. Confined to the executor of its registration.
 */
final class Withdrawal {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final TimeSource time;
    private final RegistrationLog log;
    private final InstanceKey key;
    private final @Nullable Session session;
    private final boolean barred;
    private final SerialExecutor serial;
    private final Backoff backoff = new Backoff(LONGEST_PAUSE);
    private final CompletableFuture<Long> done = new CompletableFuture<>();

    /**
     * A withdrawal.
     *
     * @param session where the key hangs, or null when that session is lost
     * @param barred whether a put may still be on its way, so that it must be kept from being applied
     */
    Withdrawal(
            TimeSource time,
            RegistrationLog log,
            InstanceKey key,
            @Nullable Session session,
            boolean barred,
            SerialExecutor serial) {
        this.time = time;
        this.log = log;
        this.key = key;
        this.session = session;
        this.barred = barred;
        this.serial = serial;
    }

    /** Begins; the future answers the revision of the delete, or 0 when there was none to do. */
    CompletableFuture<Long> start() {
        erase();
        return done;
    }

    /** The session is lost: its revocation or expiry does the rest. */
    void sessionLost() {
        done.complete(0L);
    }

    private void erase() {
        if (done.isDone()) {
            return;
        }
        CompletableFuture<Long> erased = barred && session != null ? key.eraseAndBar(session.leaseId()) : key.erase();
        erased.whenComplete((revision, failure) -> serial.execute(() -> {
            if (failure == null) {
                done.complete(revision);
            } else {
                failed(Blocking.cause(failure));
            }
        }));
    }

    private void failed(Throwable failure) {
        boolean futile = failure instanceof CoordinationException e
                && (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.CLOSED);
        if (session == null || futile) {
            done.complete(0L);
            return;
        }
        log.withdrawalFailed(failure);
        time.schedule(backoff.next(), () -> serial.execute(this::erase));
    }
}
