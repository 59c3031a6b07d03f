package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.Instrumentation;
import io.coordination.RetryConfig;
import io.coordination.store.TimeSource;
import io.github.resilience4j.retry.Retry;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/**
 * Makes calls with a deadline, retries, a circuit breaker and a limit of calls in flight, by {@linkplain CallKind kind}.
 * Every call ends: with its answer, its last failure, or the close of the store. Thread-safe.
 */
final class ResilientCalls {

    private final Members members;
    private final TimeSource time;
    private final TokenSource tokens;
    private final EtcdErrors errors;
    private final Reconnector reconnector;
    private final Breaker breaker;
    private final InFlightLimit limit;
    private final RetryBudget budget;
    private final CallCount count;
    private final Retry repeatable;
    private final Retry onlyUnapplied;
    private final int maxAttempts;
    private final Set<PendingCall<?, ?, ?>> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ResilientCalls(
            Members members,
            TimeSource time,
            TokenSource tokens,
            EtcdErrors errors,
            Reconnector reconnector,
            CoordinatorOptions options,
            Instrumentation.Connections heard) {
        this.members = members;
        this.time = time;
        this.tokens = tokens;
        this.errors = errors;
        this.reconnector = reconnector;
        this.breaker = new Breaker(time, errors, heard);
        this.limit = new InFlightLimit(options.maxCallsInFlight());
        this.budget = new RetryBudget(time, options.maxCallsInFlight());
        this.count = new CallCount(heard);
        this.maxAttempts = options.retry().maxAttempts();
        this.repeatable = retry("etcd-repeatable", options.retry(), CoordinationException::retryable);
        this.onlyUnapplied =
                retry("etcd-once", options.retry(), failure -> failure.retryable() && !failure.outcomeUnknown());
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
        count.oneMore();
        // Checked after the call can be seen: either close() finds it, or it finds close().
        return closed ? call.refused() : call.start();
    }

    void forget(PendingCall<?, ?, ?> call) {
        pending.remove(call);
        count.oneLess();
    }

    /** Completes every call with {@code CLOSED} and takes no new ones. */
    void close() {
        closed = true;
        limit.close();
        pending.forEach(PendingCall::closed);
    }

    Retry retry(CallKind kind) {
        return kind.repeatable() ? repeatable : onlyUnapplied;
    }

    int maxAttempts() {
        return maxAttempts;
    }

    Members members() {
        return members;
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

    InFlightLimit limit() {
        return limit;
    }

    RetryBudget budget() {
        return budget;
    }
}
