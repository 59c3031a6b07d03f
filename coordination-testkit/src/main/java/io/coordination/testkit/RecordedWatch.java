package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;

/** Writes down what a watch tells, and every breach of the rules that hold for all watches. */
final class RecordedWatch implements WatchListener {

    private final List<Seen> revisions = new CopyOnWriteArrayList<>();
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Long> opened = new CompletableFuture<>();
    private final CompletableFuture<Long> historyLost = new CompletableFuture<>();
    private final CompletableFuture<Watch> watch = new CompletableFuture<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile long told;

    void attach(Watch running) {
        watch.complete(running);
    }

    Watch watch() {
        return watch.join();
    }

    @Override
    public void onOpened(long revision) {
        alone(() -> opened.complete(revision));
    }

    @Override
    public void onRevision(long revision, List<WatchEvent> events) {
        alone(() -> {
            check(revision > told, "revision " + revision + " after " + told + " had been told");
            check(!events.isEmpty(), "revision " + revision + " without an event");
            events.forEach(event -> check(event.modRevision() == revision, "a foreign event in " + revision));
            told = revision;
            revisions.add(new Seen(revision, List.copyOf(events)));
        });
    }

    @Override
    public void onProgress(long revision) {
        alone(() -> told = Math.max(told, revision));
    }

    @Override
    public void onInterrupted(CoordinationException cause) {
        alone(() -> {});
    }

    @Override
    public void onHistoryLost(long firstRevision) {
        alone(() -> historyLost.complete(firstRevision));
    }

    private void alone(Runnable call) {
        check(busy.compareAndSet(false, true), "two calls at a time");
        check(!historyLost.isDone(), "a call after the end");
        call.run();
        busy.set(false);
    }

    private void check(boolean kept, String breach) {
        if (!kept) {
            breaches.add(breach);
        }
    }

    /** Waits until the server has the watch and answers the revision it said. */
    long awaitOpened() {
        return opened.orTimeout(StoreFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** Waits until a revision has arrived and answers everything up to there. */
    List<Seen> awaitRevision(long revision) {
        awaitRevisionOrEnd(revision);
        assertThat(historyLost).as("history lost").isNotDone();
        return List.copyOf(revisions);
    }

    /** Waits for the end and answers the first revision that can still be watched, as it was told. */
    long awaitHistoryLost() {
        long first = historyLost
                .orTimeout(StoreFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        assertThat(breaches).isEmpty();
        return first;
    }

    /** Waits until a revision has arrived or the watch ended; answers whether it ended. */
    boolean awaitRevisionOrEnd(long revision) {
        Awaitility.await()
                .atMost(StoreFixture.PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> hasSeen(revision) || historyLost.isDone());
        assertThat(breaches).isEmpty();
        return historyLost.isDone();
    }

    boolean hasSeen(long revision) {
        return revisions.stream().anyMatch(seen -> seen.revision == revision);
    }

    List<Seen> seen() {
        assertThat(breaches).isEmpty();
        return List.copyOf(revisions);
    }

    /**
     * One call.
     *
     * @param revision the revision
     * @param events its events
     */
    record Seen(long revision, List<WatchEvent> events) {

        static List<Long> revisions(List<Seen> all) {
            return all.stream().map(Seen::revision).toList();
        }

        List<String> keys() {
            return events.stream().map(WatchEvent::key).toList();
        }
    }
}
