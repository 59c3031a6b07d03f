package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.store.TimeSource;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spares a cluster that fails: opens when three quarters of the last 50 attempts failed (20 at least), lets five through after a
 * second, and closes when they succeed.
 *
 * <p>Only trouble of the cluster counts, not what it refuses. And a connection that breaks under a hundred calls is one
 * trouble, not a hundred: of the attempts that were under way when one lost its connection the others that lose theirs do not
 * count, however late they hear of it on a busy machine. Attempts that time out together count once in 100 ms, because
 * a member that hangs lets many wait for long.
 */
final class Breaker {

    static final Duration OPEN_FOR = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    private static final int WINDOW = 50;
    private static final int LEAST_CALLS = 20;
    private static final int PROBES = 5;

    private static final Duration ONE_BURST = Duration.ofMillis(100);

    private final CircuitBreaker breaker;
    private final TimeSource time;
    private final EtcdErrors errors;
    private final Instrumentation.Connections heard;
    private final AtomicReference<State> seen = new AtomicReference<>(State.CLOSED);
    private final AtomicLong lastCounted;
    private volatile long openedAt;
    private volatile @Nullable CoordinationException lastTrouble;

    Breaker(TimeSource time, EtcdErrors errors, Instrumentation.Connections heard) {
        this.time = time;
        this.errors = errors;
        this.heard = heard;
        this.lastCounted = new AtomicLong(time.nanoTime() - ONE_BURST.toNanos());
        this.breaker = CircuitBreaker.of(
                "etcd",
                CircuitBreakerConfig.custom()
                        .slidingWindow(WINDOW, LEAST_CALLS, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(75)
                        .permittedNumberOfCallsInHalfOpenState(PROBES)
                        .waitDurationInOpenState(OPEN_FOR)
                        .clock(new Monotonic(time))
                        .currentTimestampFunction(clock -> time.nanoTime(), TimeUnit.NANOSECONDS)
                        .build());
    }

    /** Looks for a change of state. Resilience4j's own events would cost one for each call as soon as somebody listens. */
    private void look() {
        State now = breaker.getState();
        State before = seen.get();
        if (now != before && seen.compareAndSet(before, now)) {
            changed(now);
        }
    }

    private void changed(State state) {
        if (state == State.OPEN) {
            openedAt = time.nanoTime();
            log.atWarn()
                    .addKeyValue("endpoints", errors.endpoints())
                    .addKeyValue("reason", String.valueOf(lastTrouble))
                    .log("Circuit breaker open");
            heard.breaker(true);
        } else if (state == State.CLOSED) {
            log.atInfo().addKeyValue("endpoints", errors.endpoints()).log("Circuit breaker closed");
            heard.breaker(false);
        }
    }

    /** Whether an attempt may be made. Whoever is let through reports back exactly once. */
    boolean admits() {
        boolean admitted = breaker.tryAcquirePermission();
        look();
        return admitted;
    }

    /** The exception for a call that was not let through. */
    CoordinationException refusal(String operation) {
        Duration left = OPEN_FOR.minusNanos(time.nanoTime() - openedAt);
        String reason = "too many calls failed, the circuit breaker is open; it tries again in "
                + Math.max(1, left.toMillis()) + " ms";
        CoordinationException trouble = lastTrouble;
        return trouble == null
                ? CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, errors.text(operation, reason))
                : CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, errors.text(operation, reason), trouble);
    }

    /** The attempt was answered, if only by a refusal. */
    void succeeded() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
        look();
    }

    /** The attempt that began at a time of the time source failed. */
    void failed(CoordinationException failure, long began) {
        if (!isTrouble(failure)) {
            succeeded();
        } else if (isNews(failure, began)) {
            lastTrouble = failure;
            breaker.onError(0, TimeUnit.NANOSECONDS, failure);
            look();
        } else {
            abandoned();
        }
    }

    private boolean isNews(CoordinationException failure, long began) {
        long now = time.nanoTime();
        long last = lastCounted.get();
        boolean sameTrouble =
                began - last < 0 && (failure.code() == ErrorCode.CONNECTION_ERROR || now - last < ONE_BURST.toNanos());
        return !sameTrouble && lastCounted.compareAndSet(last, now);
    }

    /** The attempt was given up before its end was known. */
    void abandoned() {
        breaker.releasePermission();
    }

    private static boolean isTrouble(CoordinationException failure) {
        return failure.retryable()
                && (failure.code() == ErrorCode.CONNECTION_ERROR
                        || failure.code() == ErrorCode.TIMEOUT_ERROR
                        || failure.code() == ErrorCode.SERVICE_UNAVAILABLE);
    }

    /** A clock that runs with the time source's monotonic time: the breaker asks it when to try again. */
    private static final class Monotonic extends Clock {
        private final TimeSource time;
        private final long origin;

        Monotonic(TimeSource time) {
            this.time = time;
            this.origin = time.nanoTime();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(time.nanoTime() - origin);
        }
    }
}
