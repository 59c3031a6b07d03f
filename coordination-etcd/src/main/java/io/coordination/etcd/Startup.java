package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.store.TimeSource;
import io.coordination.store.TimeSource.Timer;
import io.etcd.jetcd.api.RangeRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out at the start whether the cluster serves: at least one member must answer a linearizable read. If none does,
 * it says why, in one sentence for each endpoint.
 *
 * <p>All members are looked at together. What may pass, such as a missing leader, is looked at again until the time is up;
 * when nothing is left that may pass, the answer comes at once.
 */
final class Startup {

    private final ProbeMeans means;
    private final TimeSource time;
    private final Duration connectLimit;
    private final Duration limit;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private final List<Inspection> inspections;
    private final AtomicInteger running;

    Startup(Members members, ProbeMeans means, TimeSource time, CoordinatorOptions options) {
        this.means = means;
        this.time = time;
        this.limit = options.requestTimeout();
        this.connectLimit = options.connectTimeout().compareTo(limit) < 0 ? options.connectTimeout() : limit;
        this.inspections = members.all().stream()
                .map(member -> new Inspection(member, this))
                .toList();
        this.running = new AtomicInteger(inspections.size());
    }

    /** Begins. The future may be given up by completing it. */
    CompletableFuture<Void> start() {
        Timer last = time.schedule(limit, this::failed);
        result.whenComplete((done, failure) -> last.cancel());
        inspections.forEach(Inspection::begin);
        return result;
    }

    TokenSource tokens() {
        return means.tokens();
    }

    TimeSource time() {
        return time;
    }

    RangeRequest read() {
        return means.read();
    }

    boolean isOver() {
        return result.isDone();
    }

    /** How long a member is looked at, which is longer once it has answered something. */
    Duration limit(boolean answered) {
        return answered ? limit : connectLimit;
    }

    /** A member serves. */
    void serves() {
        result.complete(null);
    }

    /** An inspection came to its end without success. */
    void ended() {
        if (running.decrementAndGet() == 0) {
            failed();
        }
    }

    /** Everything may end here but the store: its future is completed with {@code CLOSED}. */
    void close() {
        result.completeExceptionally(CoordinationException.of(
                ErrorCode.CLOSED, "connecting was given up: the connection to etcd was closed"));
    }

    private void failed() {
        List<Inspection.Verdict> verdicts =
                inspections.stream().map(Inspection::verdict).toList();
        List<ErrorCode> codes =
                verdicts.stream().map(Inspection.Verdict::code).distinct().toList();
        String sentences = inspections.stream()
                .map(inspection ->
                        inspection.endpoint() + ": " + inspection.verdict().sentence())
                .collect(Collectors.joining("; "));
        ErrorCode code = codes.size() == 1 ? codes.get(0) : ErrorCode.CONNECTION_ERROR;
        String message = "no member of the cluster serves: " + sentences;
        @Nullable Throwable cause = verdicts.get(0).cause();
        result.completeExceptionally(
                cause == null
                        ? CoordinationException.of(code, message)
                        : CoordinationException.of(code, message, cause));
    }
}
