package io.coordination.store.session;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lease kept alive, and the honest answer to the question whether it still is. Thread-safe; nothing blocks.
 *
 * <p>Renewals go out every third of the TTL, or more often when somebody {@linkplain #quicken needs} it. What counts is the monotonic time from before the last acknowledged renewal
 * was sent; see {@link LeaseValidity}. A session that is lost stays lost: its lease is revoked, never revived, and who
 * needs a lease opens another session. The state turns to LOST before a revoke is sent, whatever the reason, so that no
 * holder believes in a key that is already gone.
 *
 * <p>Each session publishes a leased key that says who it is. Its deletion by anybody means LOST at once, and its mod
 * revision is the fence of the lease: transactions compare it, so that moving it makes late ones fail.
 */
public final class Session {

    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Environment env;
    private final long lease;
    private final Duration ttl;
    private final Bytes identity;
    private final long fence;
    private final SessionObserver observer;
    private final Runnable onChange;
    private final Runnable onRelease;
    private final SessionEnd end = new SessionEnd();
    private final SessionAudience audience = new SessionAudience();
    private final CompletableFuture<Void> revoked = new CompletableFuture<>();

    // Confined to this executor, but for the volatile fields.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Mailbox mailbox;
    private final SessionKeyWatch keyWatch;
    private final Renewals renewals;
    private final LeaseAuditor auditor;
    private TimeSource.@Nullable Timer check;
    private boolean revokeWhenLost = true;

    private volatile @Nullable Throwable lastFailure;
    private volatile long roundTripNanos;
    private volatile LeaseValidity validity;
    private volatile SessionState state = SessionState.CONNECTED;
    private volatile boolean keyGone;

    Session(
            Environment env,
            SessionOpening.Opened opened,
            SessionObserver observer,
            Runnable onChange,
            Runnable onRelease) {
        this.env = env;
        this.lease = opened.lease();
        this.ttl = opened.ttl();
        this.identity = opened.identity();
        this.fence = opened.fence();
        this.validity = opened.validity();
        this.observer = observer;
        this.onChange = onChange;
        this.onRelease = onRelease;
        this.renewals = new Renewals(env, lease, ttl, serial, observer, new Renewed());
        this.auditor = new LeaseAuditor(env, lease, ttl, serial, observer, this::renewByItself);
        this.mailbox = new Mailbox(env, lease, serial);
        this.keyWatch =
                new SessionKeyWatch(env, lease, fence, serial, () -> lose(SessionLossReason.KEY_DELETED), mailbox);
    }

    /** Begins to renew and to watch the session key. */
    void start() {
        serial.execute(() -> {
            observer.changed(SessionState.CONNECTED);
            renewals.scheduleAfter(validity);
            scheduleCheck();
            keyWatch.start();
        });
    }

    /** The id of the lease. */
    public long leaseId() {
        return lease;
    }

    /** The TTL that the server granted: how long a dead holder blocks others. */
    public Duration ttl() {
        return ttl;
    }

    /** Where the session stands. */
    public SessionState state() {
        return state;
    }

    /** The value of the session key: who this process is. */
    public Bytes identity() {
        return identity;
    }

    /** The mod revision that the session key was made with. */
    public long firstFence() {
        return fence;
    }

    /**
     * Whether the lease is certainly alive at this moment. False after a suspected suspend of the machine until a renewal
     * was acknowledged. It costs two readings of clocks.
     */
    public boolean isValid() {
        if (!isUsable()) {
            return false;
        }
        LeaseValidity current = validity;
        long now = env.time().nanoTime();
        if (current.suspendedBefore(now, env.time().now().toEpochMilli())) {
            serial.execute(this::renewByItself);
            return false;
        }
        return current.deadlineNanos() - now > 0;
    }

    /** How long the lease is certainly alive if no further renewal succeeds; zero when it is not. */
    public Duration remaining() {
        return isValid()
                ? Duration.ofNanos(
                        Math.max(0, validity.deadlineNanos() - env.time().nanoTime()))
                : Duration.ZERO;
    }

    /** When the last acknowledged renewal, or before it the grant, was sent: nanoseconds of the time source. */
    public long renewedAt() {
        return validity.sentNanos();
    }

    /** How long the last acknowledged renewal took, in nanoseconds; zero before the first. */
    public long roundTripNanos() {
        return roundTripNanos;
    }

    /** What was wrong with the last renewal; empty when it was acknowledged. */
    public Optional<Throwable> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /** Whether the session is lost, for whatever reason. */
    public boolean isOver() {
        return state == SessionState.LOST;
    }

    /**
     * Calls a listener once, on a thread of the engine or of the time source, when the session is over; at once when it
     * already is. Closing the watch forgets the listener.
     */
    public Watch onLost(Consumer<SessionLoss> listener) {
        return end.add(listener);
    }

    /**
     * Compares, once a TTL, the keys that the server has on the lease with those that a recipe knows. Only the first recipe
     * counts: a lease belongs to one.
     */
    public void audit(LeaseAudit recipe) {
        serial.execute(() -> auditor.begin(recipe));
    }

    /** Calls a listener whenever the session was renewed or is suspected to be lost, until the watch is closed. */
    public Watch follow(SessionListener listener) {
        return audience.add(listener);
    }

    /**
     * Tells a recipe each message that is put below the session key under a number, once, on a thread of the engine, and
     * deletes it afterwards. Only the first recipe counts; it calls this before others can know of the lease.
     */
    public void onMail(Consumer<KeyValue> recipe) {
        serial.execute(() -> mailbox.open(recipe));
    }

    /**
     * Reads the messages now, for who cannot wait for the watch. The future completes when the recipe was told all that was
     * put before this call, and fails when the server does not answer.
     */
    public CompletableFuture<Void> readMail() {
        return mailbox.read();
    }

    /** Whether new keys may hang on the lease as far as is known. */
    boolean isUsable() {
        return !keyGone && state != SessionState.LOST;
    }

    /** Someone found the session key absent, which ends the session. */
    public void keyIsGone() {
        // At once: the end may have to wait for its turn, perhaps behind the very caller, who wants another session
        // next.
        keyGone = true;
        serial.execute(() -> lose(SessionLossReason.KEY_DELETED));
    }

    /** Stops believing in the lease and renewing it, but lets it run out instead of revoking it. */
    public void leave() {
        serial.execute(() -> {
            revokeWhenLost = false;
            lose(SessionLossReason.CLOSED);
        });
    }

    /** Sends a renewal after this call began; several callers join one. Fails with {@code LOCK_LOST} when the session ends. */
    public CompletableFuture<Void> renewNow() {
        CompletableFuture<Void> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (state == SessionState.LOST) {
                result.completeExceptionally(lostFailure());
            } else {
                renewals.ask(result);
            }
        });
        return result;
    }

    /**
     * Renews once more and never again by itself: from the acknowledgement on, the lease runs out after its TTL. A renewal
     * younger than a tenth of the TTL counts as the last one.
     */
    public CompletableFuture<Void> renewLastTime() {
        return serial.compose(() -> {
            renewals.onlyOnDemand();
            boolean fresh = env.time().nanoTime() - validity.sentNanos() < ttl.toNanos() / 10;
            return fresh && isValid() ? CompletableFuture.completedFuture(null) : renewNow();
        });
    }

    /**
     * Somebody needs a renewal in each interval from now on: they go out as often as the shortest interval asks for, but not
     * more often than every 200 ms. Each call is undone by one of {@link #slacken}.
     */
    public void quicken(Duration interval) {
        serial.execute(() -> renewals.quicken(interval, validity));
    }

    /** Takes an interval back. */
    public void slacken(Duration interval) {
        serial.execute(() -> renewals.slacken(interval));
    }

    /**
     * Waits for the renewal under way without sending one. Completes at once when there is none that was sent since a moment of
     * the time source; fails as the renewal fails, or with {@code LOCK_LOST} when the session ends.
     */
    public CompletableFuture<Void> renewalSentSince(long nanos) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        serial.execute(() -> {
            if (state == SessionState.LOST) {
                result.completeExceptionally(lostFailure());
            } else if (!renewals.join(nanos, result)) {
                result.complete(null);
            }
        });
        return result;
    }

    /** Gives one reservation back. */
    public void release() {
        onRelease.run();
    }

    /** Ends the session: LOST here first, then revoked. The future completes after the first attempt to revoke. */
    CompletableFuture<Void> closeAsync() {
        serial.execute(() -> lose(SessionLossReason.CLOSED));
        return revoked.copy();
    }

    private void scheduleCheck() {
        cancel(check);
        long due = suspectNext() ? suspectNanos() : validity.deadlineNanos();
        check = env.time().schedule(Duration.ofNanos(due - env.time().nanoTime()), () -> serial.execute(this::check));
    }

    /** Half the TTL without an acknowledgement is suspicious, unless nobody renews any more. */
    private boolean suspectNext() {
        return renewals.areAutomatic() && state == SessionState.CONNECTED;
    }

    private long suspectNanos() {
        return validity.sentNanos() + validity.ttlNanos() / 2;
    }

    private void check() {
        if (state == SessionState.LOST) {
            return;
        }
        long now = env.time().nanoTime();
        if (validity.deadlineNanos() - now <= 0) {
            lose(SessionLossReason.EXPIRED);
            return;
        }
        if (suspectNext() && suspectNanos() - now <= 0) {
            moveTo(SessionState.SUSPECT);
            audience.suspected();
        }
        scheduleCheck();
    }

    private void renewByItself() {
        renewals.sendByItself();
    }

    /** What the answers to renewals mean. */
    private final class Renewed implements Renewals.Listener {

        @Override
        public void acknowledged(LeaseValidity renewed) {
            if (renewed.ttlNanos() <= 0) {
                lose(SessionLossReason.LEASE_GONE);
                return;
            }
            validity = validity.orLater(renewed);
            roundTripNanos = env.time().nanoTime() - renewed.sentNanos();
            lastFailure = null;
            if (validity.deadlineNanos() - env.time().nanoTime() <= 0) {
                lose(SessionLossReason.EXPIRED);
                return;
            }
            moveTo(SessionState.CONNECTED);
            renewals.scheduleAfter(validity);
            scheduleCheck();
            renewals.tellAcknowledged();
            audience.renewed();
        }

        @Override
        public void failed(Throwable failure) {
            lastFailure = failure;
            if (failure instanceof CoordinationException e && e.code() == ErrorCode.NOT_FOUND) {
                lose(SessionLossReason.LEASE_GONE);
            }
        }
    }

    private void moveTo(SessionState next) {
        if (state != next) {
            state = next;
            log.atInfo()
                    .addKeyValue("lease", Keys.leaseSegment(lease))
                    .addKeyValue("state", next)
                    .log("Session changed its state");
            observer.changed(next);
            onChange.run();
        }
    }

    private void lose(SessionLossReason reason) {
        if (state == SessionState.LOST) {
            return;
        }
        state = SessionState.LOST;
        cancel(check);
        keyWatch.close();
        mailbox.close();
        auditor.close();
        var line = reason == SessionLossReason.CLOSED ? log.atDebug() : log.atWarn();
        line.addKeyValue("lease", Keys.leaseSegment(lease))
                .addKeyValue("reason", reason)
                .log("Session is lost");
        // First the state, for all to see: whoever hears of the end may give the last key back, and the session with
        // it.
        onChange.run();
        observer.ended(reason);
        end.come(new SessionLoss(reason, Optional.ofNullable(lastFailure)));
        renewals.end(lostFailure());
        if (revokeWhenLost) {
            // Only now: until here somebody could have believed in a key of this lease.
            LeaseRevocation.start(env, lease, ttl).whenComplete((done, failure) -> revoked.complete(null));
        } else {
            revoked.complete(null);
        }
    }

    private CoordinationException lostFailure() {
        boolean closed = end.loss()
                .filter(loss -> loss.reason() == SessionLossReason.CLOSED)
                .isPresent();
        return closed
                ? new CoordinationClosedException("the session was closed")
                : CoordinationException.of(ErrorCode.LOCK_LOST, "the session is lost: its lease is not alive any more");
    }

    private static void cancel(TimeSource.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
