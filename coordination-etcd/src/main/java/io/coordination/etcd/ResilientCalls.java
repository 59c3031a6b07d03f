package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.store.TimeSource;
import io.github.resilience4j.retry.Retry;
import io.grpc.Channel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Makes calls with a deadline, retries and a circuit breaker, by {@linkplain CallKind kind}. Every call ends: with its
 * answer, its last failure, or the close of the store. Thread-safe.
 */
final class ResilientCalls {

    private final Channel channel;
    private final TimeSource time;
    private final TokenSource tokens;
    private final EtcdErrors errors;
    private final Reconnector reconnector;
    private final Breaker breaker;
    private final Retry repeatable;
    private final Retry onlyUnapplied;
    private final int maxAttempts;
    private final Duration patience;
    private final Set<PendingCall<?, ?, ?>> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ResilientCalls(
            Channel channel,
            TimeSource time,
            TokenSource tokens,
            EtcdErrors errors,
            Reconnector reconnector,
            CoordinatorOptions options) {
        this.channel = channel;
        this.time = time;
        this.tokens = tokens;
        this.errors = errors;
        this.reconnector = reconnector;
        this.breaker = new Breaker(time, errors);
        this.maxAttempts = options.retry().maxAttempts();
        this.repeatable = retry("etcd-repeatable", options.retry(), CoordinationException::retryable);
        this.onlyUnapplied =
                retry("etcd-once", options.retry(), failure -> failure.retryable() && !failure.outcomeUnknown());
        Duration fifth = options.requestTimeout().dividedBy(5);
        this.patience = fifth.compareTo(Duration.ofSeconds(1)) < 0 ? fifth : Duration.ofSeconds(1);
    }

    private static Retry retry(String name, RetryConfig config, Predicate<CoordinationException> worthIt) {
        return Retry.of(
                name,
                io.github.resilience4j.retry.RetryConfig.custom()
                        .maxAttempts(config.maxAttempts())
                        .intervalFunction(attempt -> config.delayAfter(
                                        attempt, ThreadLocalRandom.current().nextDouble())
                                .toMillis())
                        .retryOnException(
                                failure -> failure instanceof CoordinationException ours && worthIt.test(ours))
                        .build());
    }

    <Q, R, T> CompletableFuture<T> call(Rpc<Q, R, T> rpc) {
        PendingCall<Q, R, T> call = new PendingCall<>(this, rpc);
        pending.add(call);
        // Checked after the call can be seen: either close() finds it, or it finds close().
        if (closed) {
            pending.remove(call);
            return CompletableFuture.failedFuture(CoordinationException.of(
                    ErrorCode.CLOSED, rpc.description() + " was refused: the connection to etcd was closed"));
        }
        return call.start();
    }

    void forget(PendingCall<?, ?, ?> call) {
        pending.remove(call);
    }

    /** Completes every call with {@code CLOSED} and takes no new ones. */
    void close() {
        closed = true;
        pending.forEach(PendingCall::closed);
    }

    Retry retry(CallKind kind) {
        return kind.repeatable() ? repeatable : onlyUnapplied;
    }

    /** How long a call waits for a connection between two attempts, at most. */
    Duration patience() {
        return patience;
    }

    int maxAttempts() {
        return maxAttempts;
    }

    Channel channel() {
        return channel;
    }

    TimeSource time() {
        return time;
    }

    TokenSource tokens() {
        return tokens;
    }

    EtcdErrors errors() {
        return errors;
    }

    Reconnector reconnector() {
        return reconnector;
    }

    Breaker breaker() {
        return breaker;
    }
}
