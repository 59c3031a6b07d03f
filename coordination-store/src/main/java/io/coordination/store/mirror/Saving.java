package io.coordination.store.mirror;

import io.coordination.store.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the states of a mirror to a file: soon after a change, at most every five seconds, one write at a time, and once more
 * at the end. Confined to the executor of the mirror; the writing itself is on the threads of the file.
 */
final class Saving {

    private static final Logger log = LoggerFactory.getLogger(Saving.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final SnapshotFile file;
    private final TimeSource time;
    private final Executor serial;
    private final Supplier<SavedMirror> source;
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private TimeSource.@Nullable Timer next;
    private @Nullable Long lastWrite;
    private boolean dirty;
    private boolean writing;
    private boolean failing;
    private boolean closed;

    Saving(SnapshotFile file, TimeSource time, Executor serial, Supplier<SavedMirror> source) {
        this.file = file;
        this.time = time;
        this.serial = serial;
        this.source = source;
    }

    /** Reads the file; the answer comes on the executor of the mirror. */
    void restore(String prefix, Consumer<Optional<SavedMirror>> answer) {
        try {
            file.threads().execute(() -> {
                Optional<SavedMirror> saved = file.read(prefix);
                serial.execute(() -> answer.accept(saved));
            });
        } catch (RejectedExecutionException e) {
            log.atWarn().setCause(e).addKeyValue("file", file.path()).log("No thread to read a saved mirror");
            answer.accept(Optional.empty());
        }
    }

    /** There is something to save. */
    void changed() {
        dirty = true;
        plan();
    }

    /** Completes when the present state is in the file or could not be written. */
    void request(CompletableFuture<Void> answer) {
        waiting.add(answer);
        answer();
    }

    /** Saves for the last time, at once. */
    void close(boolean anything) {
        closed = true;
        dirty = anything;
        if (next != null) {
            next.cancel();
            next = null;
        }
        plan();
        answer();
    }

    private void plan() {
        if (!dirty || writing || next != null) {
            return;
        }
        Long last = lastWrite;
        if (closed || last == null) {
            write();
        } else {
            next = time.schedule(
                    INTERVAL.minusNanos(time.nanoTime() - last),
                    () -> serial.execute(() -> {
                        if (next != null) {
                            next = null;
                            write();
                        }
                    }));
        }
    }

    private void write() {
        dirty = false;
        writing = true;
        lastWrite = time.nanoTime();
        SavedMirror saved = source.get();
        try {
            file.threads().execute(() -> {
                Optional<Exception> failure = written(saved);
                serial.execute(() -> ended(failure));
            });
        } catch (RejectedExecutionException e) {
            ended(Optional.of(e));
        }
    }

    private Optional<Exception> written(SavedMirror saved) {
        try {
            file.write(saved);
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(e);
        }
    }

    private void ended(Optional<Exception> failure) {
        writing = false;
        if (failure.isPresent() && !failing) {
            log.atWarn()
                    .setCause(failure.get())
                    .addKeyValue("file", file.path())
                    .log("A mirror cannot be saved, the file keeps the state before");
        } else if (failure.isEmpty() && failing) {
            log.atInfo().addKeyValue("file", file.path()).log("A mirror is saved again");
        }
        failing = failure.isPresent();
        plan();
        answer();
    }

    private void answer() {
        if (!dirty && !writing) {
            List<CompletableFuture<Void>> all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(future -> future.complete(null));
        }
    }
}
