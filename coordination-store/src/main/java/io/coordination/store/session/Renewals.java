package io.coordination.store.session;

import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the renewals of one lease: a third of the TTL after the last acknowledged one was sent, soon after one that failed,
 * and whenever somebody asks; one at a time. Confined to the executor of its session.
 */
final class Renewals {

    private static final Logger log = LoggerFactory.getLogger(Renewals.class);
    private static final Duration LONGEST_CALL = Duration.ofSeconds(3);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

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
    private TimeSource.@Nullable Timer next;
    private boolean underWay;
    private boolean automatic = true;
    private boolean over;

    Renewals(Environment env, long lease, Duration ttl, Executor serial, SessionObserver observer, Listener listener) {
        this.env = env;
        this.lease = lease;
        this.ttl = ttl;
        this.serial = serial;
        this.observer = observer;
        this.listener = listener;
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

    /** The next one is due a third of the TTL after the acknowledged one was sent, a little earlier at random. */
    void scheduleAfter(LeaseValidity acknowledged) {
        long third = ttl.toNanos() / 3;
        long jittered = third - ThreadLocalRandom.current().nextLong(third / 10);
        long due = acknowledged.sentNanos() + jittered - env.time().nanoTime();
        schedule(Duration.ofNanos(due));
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
        cancelNext();
        waiters.sending();
        long sentWall = env.time().now().toEpochMilli();
        long sent = env.time().nanoTime();
        env.store()
                .renewOnce(lease, min(ttl.dividedBy(3), LONGEST_CALL))
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
            schedule(min(ttl.dividedBy(10), LONGEST_PAUSE));
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
