package io.coordination.registry.internal;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import io.coordination.store.WatchEvent;
import io.coordination.store.session.Session;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one wish to be registered: reserves a session, claims the key, follows it, and begins again after whatever took it
 * away, until it is withdrawn. Thread-safe; nothing blocks.
 *
 * <p>Everything happens one step at a time on a serial executor. Each step that waits for an answer remembers the number of
 * its attempt; whatever makes the answer worthless, above all the withdrawal, moves the number on. So an answer that comes
 * late changes nothing, and nothing is put after the withdrawal began. What was sent before it is the business of {@link
 * Withdrawal}.
 *
 * <p>Until its first commit a wish may fail, and is dropped then. A wish that was fulfilled once, or is patient from the
 * start, is kept through everything.
 */
final class RegistrationKeeper {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration PAUSE_AFTER_LOSS = Duration.ofSeconds(1);
    private static final Duration STABLE = Duration.ofSeconds(1);

    private final Environment env;
    private final RegistrySessions sessions;
    private final InstanceKey key;
    private final Runnable onEnd;
    private final CompletableFuture<Long> committed = new CompletableFuture<>();
    private final CompletableFuture<Long> withdrawn = new CompletableFuture<>();
    private volatile RegistrationState state = RegistrationState.PENDING;

    // Everything below is confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Backoff backoff = new Backoff(LONGEST_PAUSE);
    private final FirstCommitLimit limit;
    private final KeyFollower follower;
    private final RegistrationLog log;
    private boolean patient;
    private long attempt;
    private @Nullable Session session;
    private @Nullable LeaseMember membership;
    private boolean claiming;
    private boolean claimed; // a put was sent, on whatever lease
    private boolean tainted; // a put whose answer was lost may yet be applied on the present lease
    private boolean blocked; // somebody else has the key
    private long heldSinceNanos;
    private TimeSource.@Nullable Timer pause;
    private @Nullable Withdrawal withdrawal;

    /**
     * A keeper that does nothing yet.
     *
     * @param patient whether the wish is kept even if it cannot be fulfilled at first
     * @param onEnd runs once, when the wish is withdrawn or dropped
     */
    RegistrationKeeper(Environment env, RegistrySessions sessions, InstanceKey key, boolean patient, Runnable onEnd) {
        this.env = env;
        this.sessions = sessions;
        this.key = key;
        this.patient = patient;
        this.onEnd = onEnd;
        this.log = new RegistrationLog(env.log(), key.service());
        this.follower = new KeyFollower(env.store(), key.range(), serial, this::changed, this::reserve);
        this.limit = new FirstCommitLimit(env, key.service(), serial, this::drop);
    }

    void start() {
        serial.execute(() -> {
            if (!patient) {
                limit.start();
            }
            reserve();
        });
    }

    ServiceInfo service() {
        return key.service();
    }

    RegistrationState state() {
        return state;
    }

    /** Answers the revision of the first commit, or fails when the wish was dropped before it. */
    CompletableFuture<Long> committed() {
        return committed;
    }

    /**
     * Ends the wish. The future answers, once nothing of it is or can come to be in the store, the revision that deleted the
     * key, or 0 when there was none to delete or its lease is lost.
     */
    CompletableFuture<Long> withdraw() {
        serial.execute(() -> drop(new CoordinationCancelledException(
                "registering " + describe() + " was given up before its first commit, because it was withdrawn")));
        return withdrawn;
    }

    /** Ends a wish that was not fulfilled yet, with the failure its first commit ends with. */
    void drop(CoordinationException failure) {
        serial.execute(() -> {
            if (state != RegistrationState.CLOSED) {
                end();
                committed.completeExceptionally(failure);
            }
        });
    }

    private void reserve() {
        if (session != null) {
            claim(session);
            return;
        }
        long mine = ++attempt;
        sessions.reserve(service().ttl())
                .whenComplete((reserved, failure) -> serial.execute(() -> {
                    if (failure != null) {
                        failed(mine, failure);
                    } else if (mine != attempt) {
                        reserved.release();
                    } else {
                        join(reserved);
                        claim(reserved);
                    }
                }));
    }

    private void join(Session reserved) {
        session = reserved;
        claiming = false;
        tainted = false;
        LeaseMember joined = new SessionMembership(
                key,
                reserved.leaseId(),
                () -> state == RegistrationState.REGISTERED,
                () -> serial.execute(() -> missed(reserved)),
                () -> serial.execute(() -> sessionLost(reserved)));
        membership = joined;
        sessions.join(reserved, joined);
    }

    private void leaveSession() {
        if (session != null && membership != null) {
            sessions.leave(session, membership);
            session.release();
            session = null;
            membership = null;
        }
    }

    private void claim(Session on) {
        long mine = ++attempt;
        follower.stop();
        cancel(pause);
        blocked = false;
        limit.unblocked();
        claiming = true;
        claimed = true;
        key.claim(on.leaseId())
                .whenComplete((claim, failure) -> serial.execute(() -> {
                    if (mine == attempt) {
                        claiming = false;
                    }
                    if (failure != null) {
                        failed(mine, failure);
                    } else if (mine == attempt && claim instanceof Claim.Mine held) {
                        held(held);
                    } else if (mine == attempt && claim instanceof Claim.Foreign foreign) {
                        blocked(foreign);
                    }
                }));
    }

    private void held(Claim.Mine claim) {
        patient = true;
        limit.stop();
        heldSinceNanos = env.time().nanoTime();
        state = RegistrationState.REGISTERED;
        log.registered();
        follow(claim.seenAt() + 1);
        committed.complete(claim.committedAt());
    }

    private void blocked(Claim.Foreign claim) {
        blocked = true;
        if (patient) {
            log.blocked(claim.entry());
        } else {
            limit.blocked(claim.entry());
        }
        follow(claim.seenAt() + 1);
    }

    private void failed(long mine, Throwable failure) {
        if (mine != attempt) {
            return;
        }
        CoordinationException cause = Blocking.failure(failure, "registering " + describe());
        tainted |= cause.outcomeUnknown();
        boolean leaseGone = cause.code() == ErrorCode.NOT_FOUND;
        boolean mayPass = cause.retryable() || cause.outcomeUnknown() || leaseGone;
        if (cause.code() == ErrorCode.CLOSED || (!patient && !mayPass)) {
            drop(cause);
            return;
        }
        if (leaseGone && session != null) {
            // The renewal finds it out too, and then the session says to everybody that it is lost.
            session.renewNow();
        }
        limit.failed(cause);
        if (patient) {
            log.failed(cause);
        }
        pauseFor(backoff.next());
    }

    private void pauseFor(Duration duration) {
        long mine = ++attempt;
        cancel(pause);
        pause = env.time()
                .schedule(
                        duration,
                        () -> serial.execute(() -> {
                            if (mine == attempt) {
                                reserve();
                            }
                        }));
    }

    private void sessionLost(Session which) {
        if (session != which) {
            return;
        }
        leaveSession();
        if (withdrawal != null) {
            withdrawal.sessionLost();
            return;
        }
        state = RegistrationState.PENDING;
        follower.stop();
        resetBackoffIfStable();
        if (patient) {
            log.sessionLost();
            pauseFor(Backoff.upTo(PAUSE_AFTER_LOSS));
        } else {
            reserve();
        }
    }

    private void follow(long fromRevision) {
        try {
            follower.follow(fromRevision);
        } catch (CoordinationException refused) {
            failed(attempt, refused);
        }
    }

    /** The key changed since the last claim was answered. */
    private void changed(WatchEvent last) {
        Session on = session;
        if (on == null) {
            return; // cannot be: without a session nothing is followed
        }
        KeyValue now = last instanceof WatchEvent.Put put ? put.entry() : null;
        boolean stillForeign = blocked && now != null && !key.isMine(now);
        boolean stillHeld = !blocked && now != null && key.isHeld(now, on.leaseId());
        if (stillForeign || stillHeld) {
            return;
        }
        if (blocked) {
            claim(on);
        } else {
            displaced(on);
        }
    }

    /** An audit found that the key is gone, without an event. */
    private void missed(Session on) {
        if (session == on && state == RegistrationState.REGISTERED) {
            displaced(on);
        }
    }

    private void displaced(Session on) {
        state = RegistrationState.PENDING;
        log.displaced();
        if (resetBackoffIfStable()) {
            claim(on);
        } else {
            // Somebody deletes it again and again: no race of puts and deletes.
            follower.stop();
            pauseFor(backoff.next());
        }
    }

    private boolean resetBackoffIfStable() {
        boolean stable = env.time().nanoTime() - heldSinceNanos >= STABLE.toNanos();
        if (stable) {
            backoff.reset();
        }
        return stable;
    }

    private void end() {
        state = RegistrationState.CLOSED;
        attempt++;
        limit.stop();
        cancel(pause);
        follower.stop();
        onEnd.run();
        if (claimed) {
            withdrawal = new Withdrawal(env.time(), log, key, session, tainted || claiming, serial);
            withdrawal.start().whenComplete((revision, none) -> serial.execute(() -> ended(revision)));
        } else {
            ended(0);
        }
    }

    private void ended(long revision) {
        leaveSession();
        log.withdrawn();
        withdrawn.complete(revision);
    }

    private String describe() {
        return "instance '" + service().id() + "' of service '" + service().name() + "'";
    }

    private static void cancel(TimeSource.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
