package io.coordination.store.session;

import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the renewals of one lease: at its {@linkplain RenewalPace pace}, counted from the sending of the last acknowledged
 * one, soon after one that failed, and whenever somebody asks; one at a time. Confined to the executor of its session.
 */
final class Renewals {

    private static final Logger log = LoggerFactory.getLogger(Renewals.class);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(3);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** Whoever rides with a short interval must not wait long for an answer that does not come, but a slow disk may. */
    private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

    /** What becomes of the session by a renewal. */
    interface Listener {
        /** The server answered. */
        void acknowledged(LeaseValidity renewed);

        /** There was no answer, or a refusal. */
        void failed(Throwable failure);
    }

    private final Environment env;
    private final long lease;
    private final Duration ttl;
    private final Executor serial;
    private final SessionObserver observer;
    private final Listener listener;
    private final RenewalWaiters waiters = new RenewalWaiters();
    private final RenewalPace pace;
    private TimeSource.@Nullable Timer next;
    private long sentNanos; // of the one under way
    private boolean underWay;
    private boolean repeating; // the last one failed, and the next one is due soon
    private boolean automatic = true;
    private boolean over;

    Renewals(Environment env, long lease, Duration ttl, Executor serial, SessionObserver observer, Listener listener) {
        this.env = env;
        this.lease = lease;
        this.ttl = ttl;
        this.serial = serial;
        this.observer = observer;
        this.listener = listener;
        this.pace = new RenewalPace(ttl);
    }

    /** Whether renewals are sent without being asked for. */
    boolean areAutomatic() {
        return automatic;
    }

    /** From now on only who asks is served. */
    void onlyOnDemand() {
        automatic = false;
        cancelNext();
    }

    /** The next one is due when the pace says, counted from the sending of the acknowledged one. */
    void scheduleAfter(LeaseValidity acknowledged) {
        long due = pace.nextAfter(acknowledged.sentNanos());
        schedule(Duration.ofNanos(due - env.time().nanoTime()));
    }

    /** Somebody needs a renewal in each interval from now on, the first one counted from the last acknowledged. */
    void quicken(Duration interval, LeaseValidity acknowledged) {
        if (pace.add(interval) && !underWay && !repeating) {
            scheduleAfter(acknowledged);
        }
    }

    /** He needs them no longer. */
    void slacken(Duration interval) {
        pace.remove(interval);
    }

    /** Lets somebody wait for the one under way; false when there is none that was sent since a moment. */
    boolean join(long since, CompletableFuture<Void> waiter) {
        boolean joins = underWay && sentNanos - since >= 0;
        if (joins) {
            waiters.join(waiter);
        }
        return joins;
    }

    private void schedule(Duration delay) {
        cancelNext();
        if (automatic && !over) {
            next = env.time().schedule(delay, () -> serial.execute(this::sendByItself));
        }
    }

    /** Sends one now, unless renewals are sent on demand only. */
    void sendByItself() {
        if (automatic) {
            send();
        }
    }

    /** Sends one after this call began; several askers join one. */
    void ask(CompletableFuture<Void> waiter) {
        waiters.add(waiter);
        send();
    }

    /** Those who waited for the last one have got what they wanted. */
    void tellAcknowledged() {
        waiters.acknowledged();
    }

    /** No more renewals; whoever waits for one hears why. */
    void end(Throwable failure) {
        over = true;
        cancelNext();
        waiters.over(failure);
    }

    private void send() {
        if (underWay || over) {
            return;
        }
        underWay = true;
        repeating = false;
        cancelNext();
        waiters.sending();
        long sentWall = env.time().now().toEpochMilli();
        long sent = env.time().nanoTime();
        sentNanos = sent;
        env.store()
                .renewOnce(lease, longestCall())
                .whenComplete((granted, failure) -> serial.execute(() -> {
                    underWay = false;
                    if (failure == null) {
                        answered(new LeaseValidity(sent, sentWall, granted.toNanos()));
                    } else {
                        failed(Blocking.cause(failure));
                    }
                    if (waiters.needNext()) {
                        send();
                    }
                }));
    }

    private Duration longestCall() {
        Duration patience = Duration.ofNanos(Math.max(pace.nanos(), PATIENCE));
        return min(patience, min(ttl.dividedBy(3), LONGEST_CALL));
    }

    private void answered(LeaseValidity renewed) {
        if (!over) {
            observer.renewed(env.time().nanoTime() - renewed.sentNanos());
            listener.acknowledged(renewed);
        }
    }

    private void failed(Throwable failure) {
        if (over) {
            return;
        }
        observer.renewalFailed(Blocking.failure(failure, "a renewal").code());
        listener.failed(failure);
        if (!over) {
            log.atDebug()
                    .setCause(failure)
                    .addKeyValue("lease", Keys.leaseSegment(lease))
                    .log("Renewal failed, retrying");
            repeating = true;
            schedule(min(Duration.ofNanos(pace.nanos()), min(ttl.dividedBy(10), LONGEST_PAUSE)));
            waiters.failed(failure);
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
