package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.coordination.Instrumentation;
import io.coordination.store.TimeSource;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of a user. One login runs at a time, because the server spends a whole bcrypt on each; all calls that need a
 * token wait for that one. It tries the other members before it fails; then it fails those calls with its own reason, and
 * the next call begins another one.
 */
final class TokenSource {

    private static final Logger log = LoggerFactory.getLogger(TokenSource.class);
    private static final Token NO_TOKEN = new Token("");
    private static final CompletableFuture<Token> NONE = CompletableFuture.completedFuture(NO_TOKEN);

    private final Members members;
    private final TimeSource time;
    private final Instrumentation.Connections instrumentation;
    private final EtcdErrors errors;
    private final Duration timeout;
    private final @Nullable AuthenticateRequest credentials;
    private final AtomicReference<@Nullable CompletableFuture<Token>> current = new AtomicReference<>();

    TokenSource(
            Members members,
            TimeSource time,
            EtcdErrors errors,
            CoordinatorOptions options,
            Instrumentation.Connections instrumentation) {
        this.members = members;
        this.time = time;
        this.instrumentation = instrumentation;
        this.errors = errors;
        this.timeout = options.requestTimeout();
        this.credentials = options.username()
                .map(name -> AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(options.password().orElse(""))
                        .build())
                .orElse(null);
        if (credentials != null && !members.all().get(0).endpoint().tls()) {
            log.atWarn()
                    .addKeyValue("endpoints", errors.endpoints())
                    .log("User name and password travel unprotected over http, use https");
        }
    }

    /**
     * What the next attempt of a call needs: the present token, or the one that is being fetched, as soon as there is {@linkplain
     * Members#connected() somebody} to send it to. Without credentials it is empty.
     */
    CompletableFuture<Token> current() {
        CompletableFuture<Void> connected = members.connected();
        return connected.isDone() ? known() : connected.thenCompose(done -> known());
    }

    private CompletableFuture<Token> known() {
        if (credentials == null) {
            return NONE;
        }
        while (true) {
            CompletableFuture<Token> known = current.get();
            if (known != null) {
                return known;
            }
            CompletableFuture<Token> fresh = new CompletableFuture<>();
            if (current.compareAndSet(null, fresh)) {
                new Login(credentials, fresh).begin();
                return fresh;
            }
        }
    }

    /** The token as far as there is one now; otherwise an empty one. */
    Token present() {
        CompletableFuture<Token> known = current.get();
        return known != null && known.isDone() && !known.isCompletedExceptionally() ? known.join() : NO_TOKEN;
    }

    /** Drops a token that the server refused, unless another one has replaced it. Whether there is anything to renew. */
    boolean refused(Token token) {
        CompletableFuture<Token> known = current.get();
        if (known != null && known.isDone() && !known.isCompletedExceptionally() && known.join() == token) {
            current.compareAndSet(known, null);
        }
        return credentials != null;
    }

    /** A login, on one member after the other. */
    private final class Login implements Attempt.Outcome<AuthenticateResponse> {
        private final AuthenticateRequest request;
        private final CompletableFuture<Token> fresh;
        private final long deadline;
        private final Set<Member> asked = new HashSet<>();
        private Member present;

        Login(AuthenticateRequest request, CompletableFuture<Token> fresh) {
            this.present = members.pick(null);
            this.request = request;
            this.fresh = fresh;
            this.deadline = time.nanoTime() + timeout.toNanos();
        }

        void begin() {
            attempt(present);
        }

        private void attempt(Member next) {
            present = next;
            asked.add(next);
            Duration left = Duration.ofNanos(Math.max(1, deadline - time.nanoTime()));
            Duration share = untried().isPresent() ? left.dividedBy(2) : left;
            Attempt.of(next.channel(), AuthGrpc.getAuthenticateMethod(), share, this)
                    .send(new Metadata(), request);
        }

        /** The best of those that were not asked: one that was is not asked again, though it may seem well meanwhile. */
        private Optional<Member> untried() {
            return members.all().stream()
                    .filter(member -> !asked.contains(member))
                    .max(Comparator.comparingInt(member -> member.standing().rank()));
        }

        @Override
        public void answered(AuthenticateResponse answer) {
            log.atDebug().addKeyValue("user", request.getName()).log("Logged in");
            fresh.complete(new Token(answer.getToken()));
            instrumentation.loggedIn();
        }

        @Override
        public void failed(Status status, boolean maybeSent) {
            if (isAuthOff(status)) {
                log.atWarn()
                        .addKeyValue("user", request.getName())
                        .log("The server does not check credentials, going on without a token");
                fresh.complete(new Token(""));
                return;
            }
            if (EtcdErrors.isMemberProblem(status)) {
                present.failed();
                Optional<Member> next = untried();
                if (next.isPresent()) {
                    attempt(next.get());
                    return;
                }
            }
            current.compareAndSet(fresh, null);
            fresh.completeExceptionally(
                    errors.of("login of username '" + request.getName() + "'", false, status, maybeSent));
        }

        private boolean isAuthOff(Status status) {
            String words = status.getDescription();
            return status.getCode() == Status.Code.FAILED_PRECONDITION
                    && words != null
                    && words.contains("authentication is not enabled");
        }
    }
}
