package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token of a user. One fetch runs at a time, because the server spends a whole bcrypt on each; all calls that need a
 * token wait for that one. A failed fetch fails those calls with its own reason, and the next call tries again.
 */
final class TokenSource {

    private static final Logger log = LoggerFactory.getLogger(TokenSource.class);
    private static final CompletableFuture<Token> NONE = CompletableFuture.completedFuture(new Token(""));

    private final Channel channel;
    private final EtcdErrors errors;
    private final Duration timeout;
    private final @Nullable AuthenticateRequest credentials;
    private final AtomicReference<@Nullable CompletableFuture<Token>> current = new AtomicReference<>();

    TokenSource(Channel channel, EtcdErrors errors, CoordinatorOptions options, boolean tls) {
        this.channel = channel;
        this.errors = errors;
        this.timeout = options.requestTimeout();
        this.credentials = options.username()
                .map(name -> AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(options.password().orElse(""))
                        .build())
                .orElse(null);
        if (credentials != null && !tls) {
            log.atWarn()
                    .addKeyValue("endpoints", errors.endpoints())
                    .log("User name and password travel unprotected over http, use https");
        }
    }

    /** The present token, or the one that is being fetched. Without credentials an empty one, at once. */
    CompletableFuture<Token> current() {
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
                fetch(credentials, fresh);
                return fresh;
            }
        }
    }

    /** Drops a token that the server refused, unless another one has replaced it. Whether there is anything to renew. */
    boolean refused(Token token) {
        CompletableFuture<Token> known = current.get();
        if (known != null && known.isDone() && !known.isCompletedExceptionally() && known.join() == token) {
            current.compareAndSet(known, null);
        }
        return credentials != null;
    }

    private void fetch(AuthenticateRequest request, CompletableFuture<Token> fresh) {
        Attempt.of(channel, AuthGrpc.getAuthenticateMethod(), timeout, new Fetch(request.getName(), fresh))
                .send(new Metadata(), request);
    }

    /** The end of a fetch. */
    private final class Fetch implements Attempt.Outcome<AuthenticateResponse> {
        private final String user;
        private final CompletableFuture<Token> fresh;

        Fetch(String user, CompletableFuture<Token> fresh) {
            this.user = user;
            this.fresh = fresh;
        }

        @Override
        public void answered(AuthenticateResponse answer) {
            log.atDebug().addKeyValue("user", user).log("Logged in");
            fresh.complete(new Token(answer.getToken()));
        }

        @Override
        public void failed(Status status, boolean maybeSent) {
            if (isAuthOff(status)) {
                log.atWarn()
                        .addKeyValue("user", user)
                        .log("The server does not check credentials, going on without a token");
                fresh.complete(new Token(""));
                return;
            }
            current.compareAndSet(fresh, null);
            fresh.completeExceptionally(errors.of("login of username '" + user + "'", false, status, maybeSent));
        }

        private boolean isAuthOff(Status status) {
            String words = status.getDescription();
            return status.getCode() == Status.Code.FAILED_PRECONDITION
                    && words != null
                    && words.contains("authentication is not enabled");
        }
    }
}
