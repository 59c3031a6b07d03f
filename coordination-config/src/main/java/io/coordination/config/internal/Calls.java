package io.coordination.config.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.ErrorCode;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The operations and watches that must end when the configuration centre closes. Thread-safe. */
final class Calls {

    private final TimeSource time;
    private final Duration timeout;
    private final Set<Call<?>> open = ConcurrentHashMap.newKeySet();
    private final Set<Following<?>> watches = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    Calls(TimeSource time, Duration timeout) {
        this.time = time;
        this.timeout = timeout;
    }

    /**
     * Begins an operation, which ends within the request timeout.
     *
     * @param what the operation as the subject of a sentence
     */
    <T> Call<T> begin(String what) {
        checkOpen();
        Call<T> call = new Call<>(what);
        TimeSource.Timer timer = time.schedule(timeout, () -> expire(call));
        open.add(call);
        call.result().whenComplete((value, failure) -> {
            timer.cancel();
            open.remove(call);
        });
        if (closed) {
            end(call);
        }
        return call;
    }

    /** Keeps a watch until it is closed. */
    void add(Following<?> watch) {
        watches.add(watch);
        if (closed) {
            watch.close();
        }
    }

    void remove(Following<?> watch) {
        watches.remove(watch);
    }

    /** @throws CoordinationClosedException after {@link #close()} */
    void checkOpen() {
        if (closed) {
            throw new CoordinationClosedException(
                    "the configuration centre is closed: open a new coordinator, or ask for the module again");
        }
    }

    /** Ends everything, and whatever comes later. Idempotent. */
    void close() {
        closed = true;
        watches.forEach(Following::close);
        open.forEach(Calls::end);
    }

    private void expire(Call<?> call) {
        call.end(
                ErrorCode.TIMEOUT_ERROR,
                " had no answer within " + timeout.toMillis()
                        + " ms (requestTimeout), check that the servers are reachable");
    }

    private static void end(Call<?> call) {
        call.end(ErrorCode.CLOSED, " was ended, because the coordinator was closed");
    }
}
