package io.coordination.etcd;

import io.coordination.store.TimeSource;
import io.coordination.store.TimeSource.Timer;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a member serves. One that failed is set aside, and probes in the background find out when it serves again: calls
 * of users do not have to. Thread-safe.
 *
 * <p>A probe asks for the member's status, which needs no quorum, and says whether the member knows a leader. A leader that
 * has lost its followers names itself until it notices, so a member that was set aside must also answer a linearizable
 * read where there are others to choose from; that has to do where the status is told only to administrators. The pauses between probes grow, and go on growing
 * when a member fails again soon after it was well.
 */
final class MemberHealth {

    static final Duration LEAST_PAUSE = Duration.ofMillis(200);
    static final Duration MOST_PAUSE = Duration.ofSeconds(3);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);
    private static final Duration STEADY = Duration.ofSeconds(10);

    private final Member member;
    private final TimeSource time;
    private final Supplier<ProbeMeans> means;
    private final AtomicBoolean aside = new AtomicBoolean();
    private final AtomicBoolean probing = new AtomicBoolean();
    private volatile Duration pause = LEAST_PAUSE;
    private volatile long wellSince;
    private volatile long lastCheck;
    private volatile @Nullable Timer next;
    private volatile boolean stopped;

    MemberHealth(Member member, TimeSource time, Supplier<ProbeMeans> means) {
        this.member = member;
        this.time = time;
        this.means = means;
        this.lastCheck = time.nanoTime();
        this.wellSince = lastCheck - STEADY.toNanos();
    }

    boolean isAside() {
        return aside.get();
    }

    /** A member without a leader answers too: only a probe brings one back that was set aside. */
    void answered() {
        if (aside.get() && time.nanoTime() - lastCheck >= LEAST_PAUSE.toNanos()) {
            check();
        }
    }

    void failed() {
        if (stopped || !aside.compareAndSet(false, true)) {
            return;
        }
        if (time.nanoTime() - wellSince >= STEADY.toNanos()) {
            pause = LEAST_PAUSE;
        }
        member.healthChanged();
        probeLater();
    }

    private void probeLater() {
        Duration now = pause;
        Duration doubled = now.multipliedBy(2);
        pause = doubled.compareTo(MOST_PAUSE) < 0 ? doubled : MOST_PAUSE;
        next = time.schedule(now, this::check);
        if (stopped) {
            cancelNext();
        }
    }

    /** Asks the member now, unless a question is under way. */
    void check() {
        if (!stopped && probing.compareAndSet(false, true)) {
            cancelNext();
            lastCheck = time.nanoTime();
            new Probe(means.get().tokens().present(), true).send();
        }
    }

    private void well() {
        probing.set(false);
        if (aside.compareAndSet(true, false)) {
            wellSince = time.nanoTime();
            member.healthChanged();
        }
    }

    private void unwell() {
        probing.set(false);
        if (aside.get()) {
            probeLater();
        } else {
            failed();
        }
    }

    void stop() {
        stopped = true;
        cancelNext();
    }

    private void cancelNext() {
        Timer armed = next;
        if (armed != null) {
            armed.cancel();
        }
    }

    /** One question and its answer. */
    private final class Probe implements Attempt.Outcome<StatusResponse> {
        private final Token token;
        private final boolean mayLogIn;

        Probe(Token token, boolean mayLogIn) {
            this.token = token;
            this.mayLogIn = mayLogIn;
        }

        void send() {
            Attempt.of(member.channel(), MaintenanceGrpc.getStatusMethod(), PROBE_LIMIT, this)
                    .send(CallHeaders.with(token), StatusRequest.getDefaultInstance());
        }

        @Override
        public void answered(StatusResponse status) {
            member.isKnownAs(status.getHeader().getClusterId(), EtcdVersion.parse(status.getVersion()));
            // A learner knows the leader and serves no clients.
            if (status.getLeader() == 0 || status.getIsLearner()) {
                unwell();
            } else if (aside.get() && means.get().choice()) {
                read();
            } else {
                well();
            }
        }

        private void read() {
            Attempt.of(member.channel(), KVGrpc.getRangeMethod(), PROBE_LIMIT, new ReadProbe())
                    .send(CallHeaders.with(token), means.get().read());
        }

        /** A refusal is an answer: somebody serves there. */
        @Override
        public void failed(Status status, boolean maybeSent) {
            if (EtcdErrors.isMemberProblem(status)) {
                unwell();
            } else if (mayLogIn
                    && EtcdErrors.isTokenProblem(status)
                    && means.get().tokens().refused(token)) {
                Futures.whenDone(means.get().tokens().current(), this::loggedIn);
            } else {
                read();
            }
        }

        private void loggedIn(Token fresh, @Nullable Throwable failure) {
            if (failure == null && !stopped) {
                new Probe(fresh, false).send();
            } else {
                well();
            }
        }
    }

    /** A linearizable read. A refusal comes after the read: it is an answer. */
    private final class ReadProbe implements Attempt.Outcome<RangeResponse> {
        @Override
        public void answered(RangeResponse answer) {
            member.isKnownAs(answer.getHeader().getClusterId(), Optional.empty());
            well();
        }

        @Override
        public void failed(Status status, boolean maybeSent) {
            if (EtcdErrors.isMemberProblem(status)) {
                unwell();
            } else {
                well();
            }
        }
    }
}
