package io.coordination.store.mirror;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation.ResyncReason;
import io.coordination.store.Blocking;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Compares a mirror with the store: every minute where the store says that its watches may lose changes, and whenever
 * somebody asks. Only keys and their revisions are read. Confined to the executor of the mirror.
 *
 * <p>What was read is one revision, and the mirror goes on meanwhile. A mirror that is already beyond that revision is
 * compared except for the keys that changed since. One that is not there yet, and differs, is given some seconds to get
 * there. A mirror that differs without need is merely read anew, which is never wrong.
 */
final class SelfCheck {

    private static final Duration INTERVAL = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Store store;
    private final TimeSource time;
    private final KeyRange keys;
    private final Executor serial;
    private final Subject subject;
    private final List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    private final List<CompletableFuture<Boolean>> queued = new ArrayList<>();
    private TimeSource.@Nullable Timer periodic;
    private TimeSource.@Nullable Timer patience;
    private @Nullable Comparison comparison;
    private Touched touched = new Touched();
    private long run;
    private boolean running;

    /** What is compared. */
    interface Subject {
        MirrorState state();

        /** The cluster it was read from. */
        long cluster();

        /** Whether a watch follows the store; otherwise the mirror is read anew anyway. */
        boolean isFollowing();

        /** Whether that watch is known to be behind. */
        boolean isStale();

        /** Reads it anew; {@link SelfCheck#superseded} and {@link SelfCheck#loaded} follow. */
        void readAnew(ResyncReason reason);
    }

    SelfCheck(Store store, TimeSource time, KeyRange keys, Executor serial, Subject subject) {
        this.store = store;
        this.time = time;
        this.keys = keys;
        this.serial = serial;
        this.subject = subject;
    }

    /** Begins to check from time to time. */
    void start() {
        long nanos = INTERVAL.toNanos();
        // Ten per cent more or less, so that processes that were started together do not stay together.
        long jittered = nanos - nanos / 10 + ThreadLocalRandom.current().nextLong(nanos / 5);
        periodic = time.schedule(
                Duration.ofNanos(jittered),
                () -> serial.execute(() -> {
                    if (periodic != null) {
                        start();
                        checkIfNeeded();
                    }
                }));
    }

    private void checkIfNeeded() {
        if (!running && subject.isFollowing() && store.losesWatchEvents()) {
            begin();
        }
    }

    /** Checks now, after a check that is under way; the answer says whether the mirror had to be repaired. */
    void request(CompletableFuture<Boolean> answer) {
        if (!subject.isFollowing()) {
            answers.add(answer); // by the reading that is under way or to come
        } else if (running) {
            queued.add(answer);
        } else {
            answers.add(answer);
            begin();
        }
    }

    /** Whether somebody waits for an answer. */
    boolean isAwaited() {
        return !answers.isEmpty();
    }

    /** The mirror took a revision. */
    void advanced(MirrorStep step) {
        Comparison compared = comparison;
        if (running) {
            touched.add(step);
        }
        if (compared != null && subject.state().revision() >= compared.revision()) {
            conclude(compared);
        }
    }

    /** The mirror is read anew, which is a better check. */
    void superseded() {
        end();
        answers.addAll(queued);
        queued.clear();
    }

    /** The mirror was read anew, and differed or not. */
    void loaded(boolean differed) {
        complete(differed);
    }

    void close(Supplier<? extends CoordinationException> cause) {
        end();
        if (periodic != null) {
            periodic.cancel();
            periodic = null;
        }
        answers.addAll(queued);
        queued.clear();
        fail(cause.get());
    }

    private void begin() {
        running = true;
        touched = new Touched();
        long mine = ++run;
        long before = subject.state().revision();
        PagedRange.readKeys(store, keys)
                .whenComplete((result, failure) -> serial.execute(() -> {
                    if (running && mine == run) {
                        if (failure == null) {
                            compare(before, result);
                        } else {
                            end();
                            fail(Blocking.cause(failure));
                            next();
                        }
                    }
                }));
    }

    private void compare(long before, RangeResult read) {
        // The reading is linearizable and was sent when the mirror had reached "before".
        if (read.clusterId() != subject.cluster() || read.revision() < before) {
            subject.readAnew(ResyncReason.HISTORY_CHANGED);
            return;
        }
        Comparison compared = Comparison.with(read);
        MirrorState state = subject.state();
        if (state.revision() >= read.revision() || !compared.differs(state, touched)) {
            conclude(compared);
        } else {
            comparison = compared;
            long mine = run;
            patience = time.schedule(
                    PATIENCE,
                    () -> serial.execute(() -> {
                        if (running && mine == run) {
                            conclude(compared);
                        }
                    }));
        }
    }

    private void conclude(Comparison compared) {
        if (!compared.differs(subject.state(), touched)) {
            end();
            complete(false);
            next();
        } else if (subject.isStale()) {
            end();
            fail(CoordinationException.of(
                    ErrorCode.SERVICE_UNAVAILABLE,
                    "the mirror of '" + keys.from() + "' cannot be compared with the store: its watch is interrupted"));
            next();
        } else {
            subject.readAnew(ResyncReason.DIFFERED);
        }
    }

    private void next() {
        if (!queued.isEmpty()) {
            answers.addAll(queued);
            queued.clear();
            begin();
        }
    }

    private void end() {
        running = false;
        comparison = null;
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
    }

    private void complete(boolean differed) {
        taken().forEach(answer -> answer.complete(differed));
    }

    private void fail(Throwable cause) {
        taken().forEach(answer -> answer.completeExceptionally(cause));
    }

    private List<CompletableFuture<Boolean>> taken() {
        List<CompletableFuture<Boolean>> taken = List.copyOf(answers);
        answers.clear();
        return taken;
    }
}
