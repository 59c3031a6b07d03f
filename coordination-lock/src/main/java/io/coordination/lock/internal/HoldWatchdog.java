package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.LockLostException;
import io.coordination.internal.Durations;
import io.coordination.internal.RenewalTerms;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.lock.watchdog.WatchdogStatus;
import io.coordination.store.Blocking;
import io.coordination.store.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the renewals of its lock's session at every interval. A look is a success when a renewal that was sent since the
 * look before has been acknowledged; when one is still under way, the look waits for its answer, at most until the next look.
 *
 * <p>Confined to the serial executor of the lock, except {@link #stop()}, {@link #lost} and the questions.
 */
final class HoldWatchdog implements Watchdog {

    private final Watchdogs watchdogs;
    private final HoldLimits limits;
    private final LimitedHold hold;
    private final WatchdogConfig config;
    private final RenewalTerms terms;
    private final @Nullable WatchdogCallbacks callbacks;
    private final long startMillis;
    private final AtomicReference<WatchdogStatus.State> state = new AtomicReference<>(WatchdogStatus.State.NEW);

    private volatile long intervalNanos;
    private volatile long nextLook;
    private volatile Looks seen = Looks.NOTHING;
    private volatile @Nullable Session ridden; // the session whose renewals it looks at
    private long lastLook;
    private long counted; // when the renewal was sent that made the last success
    private @Nullable CompletableFuture<Void> awaited; // the renewal that the last look waits for

    HoldWatchdog(Watchdogs watchdogs, HoldLimits limits, LimitedHold hold, WatchdogConfig config, RenewalTerms terms) {
        this.watchdogs = watchdogs;
        this.limits = limits;
        this.hold = hold;
        this.config = config;
        this.terms = terms;
        this.intervalNanos = terms.interval().toNanos();
        this.startMillis = watchdogs.env().time().now().toEpochMilli();
        this.callbacks = WatchdogCallbacks.of(config, this, watchdogs.calls()).orElse(null);
    }

    @Override
    public String lockKey() {
        return hold.key();
    }

    boolean isRunning() {
        return state.get() == WatchdogStatus.State.RUNNING;
    }

    boolean isOver() {
        return state.get() == WatchdogStatus.State.STOPPED || state.get() == WatchdogStatus.State.LOST;
    }

    // ---- looking

    /** Begins to look, on the session that the key is on. */
    void run() {
        long now = now();
        limits.limitTo(terms.extendBy().toNanos());
        ride(hold.session());
        lastLook = now;
        nextLook = now + intervalNanos;
        if (state.compareAndSet(WatchdogStatus.State.NEW, WatchdogStatus.State.RUNNING)) {
            watchdogs.began(this);
            limits.arm();
        } else {
            dismount();
        }
    }

    private void ride(Session session) {
        intervalNanos = allowed(intervalNanos, session.ttl());
        counted = session.renewedAt();
        ridden = session;
        session.quicken(Duration.ofNanos(intervalNanos));
    }

    private void dismount() {
        Session left = ridden;
        if (left != null) {
            left.slacken(Duration.ofNanos(intervalNanos));
            ridden = null;
        }
    }

    /** The server may have granted another TTL than the one that the interval was checked against. */
    private long allowed(long nanos, Duration ttl) {
        long margin = RenewalTerms.marginNanos(ttl.toNanos());
        long longest = Math.min(ttl.toNanos() / 2, terms.extendBy().toNanos() - margin);
        return Math.max(RenewalTerms.MIN_INTERVAL.toNanos(), Math.min(nanos, longest));
    }

    boolean isDue(long now) {
        return isRunning() && untilNext(now) <= 0;
    }

    long untilNext(long now) {
        return nextLook - now;
    }

    /** Is the hold still prolonged? */
    void look(long now) {
        if (awaited != null) {
            awaited = null;
            failed();
        }
        Session session = ridden;
        if (!isRunning() || session == null) {
            return;
        }
        long since = lastLook;
        lastLook = now;
        nextLook = now + intervalNanos;
        if (follow()) {
            return;
        }
        if (wasRenewedSince(session, since)) {
            succeeded(session);
        } else {
            CompletableFuture<Void> renewal = session.renewalSentSince(since);
            awaited = renewal;
            renewal.whenComplete((done, failure) -> hold.serial().execute(() -> answered(renewal, session, since)));
        }
    }

    private void answered(CompletableFuture<Void> renewal, Session session, long since) {
        if (awaited != renewal || !isRunning()) {
            return;
        }
        awaited = null;
        if (wasRenewedSince(session, since)) {
            succeeded(session);
        } else {
            failed();
        }
        limits.arm();
    }

    private boolean wasRenewedSince(Session session, long since) {
        long sent = session.renewedAt();
        return sent != counted && sent - since >= 0;
    }

    /** The key may have been moved to another session, whose renewals count from now on. */
    private boolean follow() {
        Session present = hold.session();
        if (present.equals(ridden)) {
            return false;
        }
        dismount();
        ride(present);
        prolong(now());
        return true;
    }

    private void succeeded(Session session) {
        counted = session.renewedAt();
        seen = seen.success(watchdogs.env().time().now().toEpochMilli());
        prolong(now());
        watchdogs.succeeded(session.roundTripNanos());
        tell(null, false);
    }

    private void failed() {
        CoordinationException error = failure();
        Looks looks = seen.failure(error);
        seen = looks;
        watchdogs.failed(this, error, looks.consecutiveFailures());
        tell(error, false);
        if (looks.consecutiveFailures() >= config.maxFailures()) {
            hold.giveUp(LockLostReason.WATCHDOG, Optional.of(error));
        }
    }

    private CoordinationException failure() {
        Session session = ridden;
        Optional<Throwable> known = session == null ? Optional.empty() : session.lastFailure();
        return known.map(cause -> Blocking.failure(cause, "renewing lock '" + lockKey() + "'"))
                .orElseGet(() -> new CoordinationTimeoutException("no renewal of lock '" + lockKey()
                        + "' was acknowledged within " + Durations.text(Duration.ofNanos(intervalNanos))));
    }

    /** The hold lasts until this long after the last acknowledged renewal was sent. Safe on any thread. */
    void prolong(long now) {
        Session session = ridden;
        if (session != null) {
            limits.prolongTo(session.renewedAt() + terms.extendBy().toNanos(), now);
        }
    }

    /** A renewal that the user asked for counts, also when this watchdog was stopped. */
    void renewedByUser() {
        limits.prolongTo(hold.session().renewedAt() + terms.extendBy().toNanos(), now());
        if (isRunning()) {
            follow();
        }
    }

    // ---- intervals that adapt themselves

    /** The TTL of the lease at present. */
    Duration ttl() {
        return hold.ttl();
    }

    /** Another interval, counted from the last look. */
    void adapt(Duration next) {
        long wanted = next.compareTo(ttl()) > 0 ? ttl().toNanos() : next.toNanos();
        hold.serial().execute(() -> {
            Session session = ridden;
            if (isRunning() && session != null) {
                dismount();
                intervalNanos = allowed(wanted, session.ttl());
                ridden = session;
                session.quicken(Duration.ofNanos(intervalNanos));
                nextLook = lastLook + intervalNanos;
                limits.arm();
            }
        });
    }

    /** Its strategy does not know how to go on. */
    void stopAfter(CoordinationException error) {
        hold.serial().execute(() -> {
            seen = seen.end(error);
            stop();
        });
    }

    // ---- the end

    @Override
    public void stop() {
        if (isRunning()) {
            prolong(now());
        }
        if (end(WatchdogStatus.State.STOPPED) && callbacks != null) {
            callbacks.close();
        }
    }

    /** The lock is lost. */
    void lost(LockLost loss) {
        if (end(WatchdogStatus.State.LOST)) {
            LockLostException error = new LockLostException(
                    "lock '" + lockKey() + "' is lost (" + loss.reason() + "): stop what it protects", loss);
            seen = seen.end(error);
            tell(error, true);
        }
    }

    private boolean end(WatchdogStatus.State last) {
        WatchdogStatus.State before = state.getAndUpdate(present -> isFinal(present) ? present : last);
        if (isFinal(before)) {
            return false;
        }
        if (before == WatchdogStatus.State.RUNNING) {
            watchdogs.ended(this);
        }
        hold.serial().execute(this::dismount);
        return true;
    }

    private static boolean isFinal(WatchdogStatus.State state) {
        return state == WatchdogStatus.State.STOPPED || state == WatchdogStatus.State.LOST;
    }

    private void tell(@Nullable CoordinationException error, boolean last) {
        if (callbacks != null) {
            callbacks.deliver(error, last);
        }
    }

    @Override
    public WatchdogStatus status() {
        WatchdogStatus.State present = Objects.requireNonNull(state.get());
        Looks looks = seen;
        Optional<Instant> next = present == WatchdogStatus.State.RUNNING
                ? Optional.of(watchdogs.env().time().now().plusNanos(Math.max(0, untilNext(now()))))
                : Optional.empty();
        return new WatchdogStatus(
                present,
                Duration.ofNanos(intervalNanos),
                Instant.ofEpochMilli(startMillis),
                looks.successes(),
                looks.failures(),
                looks.consecutiveFailures(),
                looks.lastSuccess(),
                next,
                looks.lastError());
    }

    private long now() {
        return watchdogs.env().time().nanoTime();
    }

    @Override
    public String toString() {
        return "Watchdog[" + lockKey() + ", " + Objects.requireNonNull(state.get()) + "]";
    }
}
