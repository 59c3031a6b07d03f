package io.coordination.store.mirror;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The futures of those who wait for a state of a mirror. Confined to its executor. */
final class Waiters {

    private final List<CompletableFuture<MirrorState>> ready = new ArrayList<>();
    private final List<Reaching> reaching = new ArrayList<>();
    private long sequence;

    private record Reaching(long revision, long sequence, CompletableFuture<Void> future) {}

    /** Waits for the first state. */
    void addReady(CompletableFuture<MirrorState> future) {
        ready.add(future);
    }

    /** Waits for a revision. */
    void addReaching(long revision, CompletableFuture<Void> future) {
        reaching.removeIf(waiter -> waiter.future.isDone());
        reaching.add(new Reaching(revision, sequence++, future));
    }

    /** Whether somebody waits for a revision. */
    boolean isAwaited() {
        return reaching.stream().anyMatch(waiter -> !waiter.future.isDone());
    }

    /** A mark that separates those who wait already from those who come later. */
    long mark() {
        return sequence;
    }

    void completeReady(MirrorState state) {
        taken(ready).forEach(future -> future.complete(state));
    }

    void failReady(Throwable cause) {
        taken(ready).forEach(future -> future.completeExceptionally(cause));
    }

    void reached(long revision) {
        take(waiter -> waiter.revision <= revision).forEach(waiter -> waiter.future.complete(null));
    }

    /**
     * The store has another history now, which was at a revision after the waiters before a mark had come: the revisions
     * beyond that they wait for are of the former history.
     */
    void historyChanged(long revision, long mark) {
        take(waiter -> waiter.sequence < mark && waiter.revision > revision)
                .forEach(waiter -> waiter.future.completeExceptionally(CoordinationException.of(
                        ErrorCode.INVALID_STATE,
                        "revision " + waiter.revision
                                + " is not reached any more: the store was restored or replaced and"
                                + " is at revision " + revision
                                + " of another history; read again what it holds now")));
    }

    /** Fails them all. */
    void close(Supplier<? extends CoordinationException> cause) {
        failReady(cause.get());
        take(waiter -> true).forEach(waiter -> waiter.future.completeExceptionally(cause.get()));
    }

    private List<Reaching> take(Predicate<Reaching> which) {
        List<Reaching> taken = new ArrayList<>();
        for (Iterator<Reaching> all = reaching.iterator(); all.hasNext(); ) {
            Reaching waiter = all.next();
            if (which.test(waiter)) {
                taken.add(waiter);
                all.remove();
            }
        }
        return taken;
    }

    private static <T> List<T> taken(List<T> from) {
        List<T> taken = List.copyOf(from);
        from.clear();
        return taken;
    }
}
