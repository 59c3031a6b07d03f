package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The look at one member at the start: its status, then a login where one is needed, then a linearizable read, and all over
 * again after what may pass. Steps follow each other.
 */
final class Inspection {

    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Verdict SILENT = new Verdict(
            ErrorCode.TIMEOUT_ERROR, "it has not answered: it hangs, or a firewall drops what is sent to it", null);

    private final Member member;
    private final Startup startup;
    private final EtcdErrors errors;
    private final long began;
    private boolean answered;
    private volatile Verdict verdict = SILENT;

    /** Why a member does not serve. */
    record Verdict(
            ErrorCode code, String sentence, @Nullable Throwable cause) {}

    Inspection(Member member, Startup startup) {
        this.member = member;
        this.startup = startup;
        this.errors = new EtcdErrors(List.of(member.endpoint()));
        this.began = startup.time().nanoTime();
    }

    Endpoint endpoint() {
        return member.endpoint();
    }

    Verdict verdict() {
        return verdict;
    }

    void begin() {
        if (!startup.isOver()) {
            member.connectNow();
            askForStatus(startup.tokens().present(), true);
        }
    }

    private void askForStatus(Token token, boolean mayLogIn) {
        Attempt.of(member.channel(), MaintenanceGrpc.getStatusMethod(), left(), new StatusStep(token, mayLogIn))
                .send(CallHeaders.with(token), StatusRequest.getDefaultInstance());
    }

    private Duration left() {
        long passed = startup.time().nanoTime() - began;
        return Duration.ofNanos(Math.max(1, startup.limit(answered).toNanos() - passed));
    }

    private void judged(StatusResponse status) {
        answered = true;
        Optional<EtcdVersion> version = EtcdVersion.parse(status.getVersion());
        if (version.isPresent() && !version.get().isSupported()) {
            definite(new Verdict(
                    ErrorCode.INVALID_STATE,
                    "it runs etcd " + version.get()
                            + ", but 3.4 or later is needed, and 3.4.38, 3.5.23 or 3.6.5 to be safe",
                    null));
        } else if (status.getIsLearner()) {
            definite(new Verdict(
                    ErrorCode.SERVICE_UNAVAILABLE, "it is a learner, which serves no clients: leave it out", null));
        } else if (status.getLeader() == 0) {
            passing(new Verdict(
                    ErrorCode.SERVICE_UNAVAILABLE,
                    "it knows no leader: a majority of the members must be up and reach each other",
                    null));
        } else {
            logIn(this::read);
        }
    }

    private void read(Token token) {
        Attempt.of(member.channel(), KVGrpc.getRangeMethod(), left(), new ReadStep(token))
                .send(CallHeaders.with(token), startup.read());
    }

    private void logIn(Consumer<Token> next) {
        Futures.whenDone(startup.tokens().current(), (token, failure) -> {
            if (failure == null) {
                next.accept(token);
            } else if (failure instanceof CoordinationException ours && !ours.retryable()) {
                definite(new Verdict(ours.code(), String.valueOf(ours.getMessage()), ours));
            } else {
                passing(new Verdict(ErrorCode.SERVICE_UNAVAILABLE, String.valueOf(failure.getMessage()), failure));
            }
        });
    }

    /** What etcd answered or the connection met, in the words of every other call. */
    private Verdict verdict(Status status, boolean maybeSent) {
        CoordinationException failure = errors.of("connecting", false, status, maybeSent);
        String message = String.valueOf(failure.getMessage());
        String introduction = errors.text("connecting", "");
        return new Verdict(
                failure.code(),
                message.startsWith(introduction) ? message.substring(introduction.length()) : message,
                failure.getCause());
    }

    private void definite(Verdict found) {
        verdict = found;
        startup.ended();
    }

    /** To be looked at again. That time ran out says less than what was seen before. */
    private void passing(Verdict found) {
        if (found.code() != ErrorCode.TIMEOUT_ERROR || verdict.equals(SILENT)) {
            verdict = found;
        }
        if (left().compareTo(PAUSE) <= 0) {
            startup.ended();
        } else {
            startup.time().schedule(PAUSE, this::begin);
        }
    }

    /** The member's status, which some versions tell only to who is logged in. Whoever refuses it answers, and is asked on. */
    private final class StatusStep implements Attempt.Outcome<StatusResponse> {
        private final Token token;
        private final boolean mayLogIn;

        StatusStep(Token token, boolean mayLogIn) {
            this.token = token;
            this.mayLogIn = mayLogIn;
        }

        @Override
        public void answered(StatusResponse status) {
            judged(status);
        }

        @Override
        public void failed(Status status, boolean maybeSent) {
            if (ConnectionFailure.isDefinite(status)) {
                definite(verdict(status, maybeSent));
            } else if (EtcdErrors.isMemberProblem(status)) {
                passing(verdict(status, maybeSent));
            } else {
                answered = true;
                boolean again = mayLogIn
                        && EtcdErrors.isTokenProblem(status)
                        && startup.tokens().refused(token);
                logIn(again ? fresh -> askForStatus(fresh, false) : Inspection.this::read);
            }
        }
    }

    /** The linearizable read. */
    private final class ReadStep implements Attempt.Outcome<RangeResponse> {
        private final Token token;

        ReadStep(Token token) {
            this.token = token;
        }

        @Override
        public void answered(RangeResponse answer) {
            startup.serves();
        }

        @Override
        public void failed(Status status, boolean maybeSent) {
            boolean tokenProblem =
                    EtcdErrors.isTokenProblem(status) && startup.tokens().refused(token);
            Verdict found = verdict(status, maybeSent);
            boolean refusal = !EtcdErrors.isMemberProblem(status) && !tokenProblem && !mayPass(found.code());
            if (refusal) {
                definite(found);
            } else {
                passing(found);
            }
        }

        private boolean mayPass(ErrorCode code) {
            return code == ErrorCode.SERVICE_UNAVAILABLE || code == ErrorCode.TIMEOUT_ERROR;
        }
    }
}
