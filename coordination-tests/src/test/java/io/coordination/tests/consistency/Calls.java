package io.coordination.tests.consistency;

import io.coordination.CoordinationException;
import io.coordination.store.Blocking;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Checks that every call ends in time, with a value or an exception of ours, and counts outcomes. Thread-safe. */
final class Calls {

    /** Processes share two busy cores with six servers. */
    private static final Duration SLACK = Duration.ofSeconds(4);

    private final Findings findings;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Started> open = new ConcurrentHashMap<>();

    Calls(Findings findings) {
        this.findings = findings;
    }

    /** A call that must end within a limit; the future given back is the same. */
    <T> CompletableFuture<T> expect(String what, Duration limit, CompletableFuture<T> future) {
        Started call = new Started(what, limit.plus(SLACK), System.nanoTime());
        long number = numbers.incrementAndGet();
        open.put(number, call);
        future.whenComplete((value, failure) -> {
            open.remove(number);
            call.checkAge(findings);
            findings.count(what + " " + outcome(failure));
        });
        return future;
    }

    private String outcome(Throwable failure) {
        if (failure == null) {
            return "ok";
        }
        if (Blocking.cause(failure) instanceof CoordinationException ours) {
            return ours.outcomeUnknown() ? "unknown" : "failed";
        }
        findings.broken("a call ended in an exception that is not ours: %s", failure);
        return "broken";
    }

    /** Whether a failed call surely changed nothing. */
    static boolean surelyNotApplied(Throwable failure) {
        return Blocking.cause(failure) instanceof CoordinationException ours && !ours.outcomeUnknown();
    }

    /** Looks for calls that should have ended. */
    void checkOpen() {
        open.values().forEach(call -> call.checkAge(findings));
    }

    /** Looks for calls that have not ended although everything is closed. */
    void checkNoneOpen() {
        open.values().forEach(call -> findings.broken("%s never ended, not even by closing", call.what));
    }

    private record Started(String what, Duration limit, long nanos) {

        void checkAge(Findings findings) {
            Duration age = Duration.ofNanos(System.nanoTime() - nanos);
            if (age.compareTo(limit) > 0) {
                findings.broken("%s took %d ms, but had to end within %d ms", what, age.toMillis(), limit.toMillis());
            }
        }
    }
}
