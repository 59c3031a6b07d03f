package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.RenewalTerms;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.watchdog.Watchdog;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The ends of a hold that have nothing to do with its lease: the longest time that it may last, and, once it has had a
 * watchdog, the time up to which that has prolonged it. Whichever comes first gives the lock up.
 *
 * <p>Confined to the serial executor of the lock, except the questions how long there is left.
 */
final class HoldLimits extends Alarms.Alarm {

    private final Watchdogs watchdogs;
    private final Environment env;
    private final LimitedHold hold;
    private final long maxHoldEnd;
    private final boolean hasMaxHold;
    private final AtomicLong holdEnd = new AtomicLong();
    private volatile boolean hasHoldEnd;
    private volatile @Nullable HoldWatchdog watchdog;

    /** Limits of a hold that begins now. */
    HoldLimits(Watchdogs watchdogs, LimitedHold hold, LockOptions options) {
        this(
                watchdogs,
                hold,
                options.maxHold().isPresent(),
                watchdogs.env().time().nanoTime()
                        + options.maxHold().map(Duration::toNanos).orElse(0L));
    }

    private HoldLimits(Watchdogs watchdogs, LimitedHold hold, boolean hasMaxHold, long maxHoldEnd) {
        this.watchdogs = watchdogs;
        this.env = watchdogs.env();
        this.hold = hold;
        this.hasMaxHold = hasMaxHold;
        this.maxHoldEnd = maxHoldEnd;
    }

    /** Those of a hold that goes on for this one: its time is up at the same moment, and its watchdog is its own. */
    HoldLimits of(LimitedHold next) {
        return new HoldLimits(watchdogs, next, hasMaxHold, maxHoldEnd);
    }

    /** Whether a hold has limits from its beginning. */
    static boolean areIn(LockOptions options) {
        return options.maxHold().isPresent() || options.watchdog().isPresent();
    }

    /** Begins to watch over them, and starts the watchdog that the options ask for. */
    void begin(LockOptions options) {
        options.watchdog().ifPresent(config -> start(config, true));
        arm();
    }

    /** How long the hold may last if nothing prolongs it, of the time that its lease allows. Safe on any thread. */
    Duration remaining(Duration ofLease) {
        return Duration.ofNanos(Math.max(0, left(ofLease.toNanos())));
    }

    /** Whether it may not last any longer. Safe on any thread. */
    boolean areOver() {
        return left(Long.MAX_VALUE) <= 0;
    }

    private long left(long ofLease) {
        long now = env.time().nanoTime();
        long left = ofLease;
        if (hasMaxHold) {
            left = Math.min(left, maxHoldEnd - now);
        }
        if (hasHoldEnd) {
            prolongByRenewals(now);
            left = Math.min(left, holdEnd.get() - now);
        }
        return left;
    }

    Optional<Watchdog> watchdog() {
        return Optional.ofNullable(watchdog);
    }

    // ---- the watchdog

    /**
     * Starts a watchdog, unless the terms or the state of the hold do not allow it or moving the key fails.
     *
     * @param started completes with it; when somebody else was faster to complete it, the watchdog is stopped
     */
    void start(WatchdogConfig config, CompletableFuture<Watchdog> started) {
        start(config, false).whenComplete((watchdog, failure) -> {
            if (failure != null) {
                started.completeExceptionally(failure);
            } else if (!started.complete(watchdog)) {
                watchdog.stop();
            }
        });
    }

    /** One that the options ask for begins whatever becomes of the move: it rides on the session that the key is on. */
    private CompletableFuture<Watchdog> start(WatchdogConfig config, boolean inAnyCase) {
        RenewalTerms terms;
        try {
            requireStartable();
            terms = RenewalTerms.of(config.interval(), config.extendBy(), hold.ttl(), hold.isShared());
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        HoldWatchdog made = new HoldWatchdog(watchdogs, this, hold, config, terms);
        watchdog = made;
        if (!terms.moves()) {
            made.run();
            return CompletableFuture.completedFuture(made);
        }
        return runAfterMove(made, terms, inAnyCase);
    }

    private void requireStartable() {
        HoldWatchdog present = watchdog;
        if (!hold.isOpen()) {
            throw notHeld(hold);
        }
        if (present != null && !present.isOver()) {
            throw CoordinationException.of(
                    ErrorCode.INVALID_STATE,
                    "lock '" + hold.key() + "' has a watchdog already: stop that one before you start another");
        }
    }

    static CoordinationException notHeld(LimitedHold hold) {
        return CoordinationException.of(
                ErrorCode.INVALID_STATE,
                "a watchdog cannot be started, because lock '" + hold.key()
                        + "' is not held any more: acquire it again");
    }

    private CompletableFuture<Watchdog> runAfterMove(HoldWatchdog made, RenewalTerms terms, boolean inAnyCase) {
        CompletableFuture<Watchdog> result = new CompletableFuture<>();
        boolean fixed = !hold.isShared();
        if (fixed) {
            // Before the move: should its answer be lost, the hold must not last as long as a shared session does.
            limitTo(terms.extendBy().toNanos());
        }
        hold.moveToShared(terms.ttl())
                .whenComplete((done, failure) -> hold.serial().execute(() -> {
                    if (failure == null || inAnyCase) {
                        made.run();
                        if (!result.complete(made)) {
                            made.stop();
                        }
                    } else {
                        hasHoldEnd = hasHoldEnd && (!fixed || hold.isShared()); // not, if it stays on its own lease
                        made.stop();
                        result.completeExceptionally(failure);
                    }
                    arm();
                }));
        return result;
    }

    /** From now on the hold ends this long after now, or later. */
    void limitTo(long nanos) {
        long now = env.time().nanoTime();
        if (hasHoldEnd) {
            prolongTo(now + nanos, now);
        } else {
            holdEnd.set(now + nanos);
            hasHoldEnd = true;
        }
        arm();
    }

    /** An end that has come is final, although nobody may have noticed it. Safe on any thread. */
    void prolongTo(long end, long now) {
        holdEnd.accumulateAndGet(end, (present, later) -> present - now > 0 && later - present > 0 ? later : present);
    }

    private void prolongByRenewals(long now) {
        HoldWatchdog present = watchdog;
        if (present != null && present.isRunning()) {
            present.prolong(now);
        }
    }

    /** The user renewed the lock, perhaps on another lease. */
    void renewed() {
        HoldWatchdog present = watchdog;
        if (present != null && hold.isOpen()) {
            present.renewedByUser();
            arm();
        }
    }

    // ---- the end

    @Override
    void ring() {
        hold.serial().execute(this::check);
    }

    private void check() {
        HoldWatchdog present = watchdog;
        long now = env.time().nanoTime();
        if (!hold.isOpen()) {
            return;
        }
        if (hasMaxHold && maxHoldEnd - now <= 0) {
            hold.giveUp(LockLostReason.MAX_HOLD, Optional.empty());
            return;
        }
        prolongByRenewals(now);
        if (hasHoldEnd && holdEnd.get() - now <= 0) {
            hold.giveUp(
                    LockLostReason.WATCHDOG,
                    Optional.ofNullable(present).flatMap(ended -> ended.status().lastError()));
            return;
        }
        if (present != null && present.isDue(now)) {
            present.look(now);
        }
        arm();
    }

    /** Rings when the next of all this comes. */
    void arm() {
        if (!hold.isOpen()) {
            return;
        }
        long now = env.time().nanoTime();
        long wait = hasMaxHold ? maxHoldEnd - now : Long.MAX_VALUE;
        if (hasHoldEnd) {
            wait = Math.min(wait, holdEnd.get() - now);
        }
        HoldWatchdog present = watchdog;
        if (present != null && present.isRunning()) {
            wait = Math.min(wait, present.untilNext(now));
        }
        if (wait != Long.MAX_VALUE) {
            watchdogs.alarms().set(this, now + wait);
        }
        if (!hold.isOpen()) {
            watchdogs.alarms().clear(this); // it ended meanwhile, on another thread
        }
    }

    /** The hold was released; this comes before the key is. Safe on any thread. */
    void released() {
        HoldWatchdog present = watchdog;
        if (present != null) {
            present.stop();
        }
        watchdogs.alarms().clear(this);
    }

    /** The hold was lost. Safe on any thread. */
    void lost(LockLost loss) {
        HoldWatchdog present = watchdog;
        if (present != null) {
            present.lost(loss);
        }
        watchdogs.alarms().clear(this);
    }
}
