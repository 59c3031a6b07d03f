package io.coordination.lock.internal;

import io.coordination.lock.internal.Publication.Notice;
import io.coordination.lock.internal.WaitGraph.Step;
import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one request that waits: publishes the wait once it lasts, looks for a cycle from then on, and fails the request
 * when it is the one to be given up in a cycle that was seen twice, a threshold apart, and still is as it was published.
 *
 * <p>A deadlock does not go away by itself, so whoever looks twice misses none; and a cycle that was put together from what
 * different processes knew at different times is not seen twice with the same holds.
 */
final class DeadlockWatch {

    /** A cycle that was seen once, and when that reading was over. */
    private record Suspicion(List<Step> cycle, long seenAt) {}

    private final DeadlockDetection detection;
    private final Environment env;
    private final Request request;
    private final Object ownerKey;
    private final Duration threshold;
    private final Whereabouts.Locator queue;

    // Confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Runnable onChange = this::republish;
    private final WaitingOwners.Owner owner;
    private final Publication publication;
    private TimeSource.@Nullable Timer timer;
    private @Nullable Suspicion suspicion;
    private boolean over;

    DeadlockWatch(
            DeadlockDetection detection,
            Request request,
            Object ownerKey,
            Duration threshold,
            Whereabouts.Locator queue) {
        this.detection = detection;
        this.env = detection.env();
        this.request = request;
        this.ownerKey = ownerKey;
        this.threshold = threshold;
        this.queue = queue;
        this.owner = detection.owners().waits(ownerKey, onChange);
        this.publication = new Publication(env, serial, this::look);
    }

    void start() {
        serial.execute(this::again);
        request.answer().whenComplete((hold, failure) -> serial.execute(this::end));
    }

    private void end() {
        over = true;
        cancelTimer();
        publication.want(null);
        detection.owners().waitsNoLonger(ownerKey, onChange);
    }

    private void again() {
        cancelTimer();
        if (!over) {
            timer = env.time().schedule(threshold, () -> serial.execute(this::tick));
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void tick() {
        again();
        queue.locate(request, place -> serial.execute(() -> located(place)));
    }

    /** The owner holds other locks than it did: what is published must not be more than it holds. */
    private void republish() {
        serial.execute(() -> {
            if (!over && publication.isWanted()) {
                tick();
            }
        });
    }

    private void located(@Nullable Whereabouts place) {
        if (over) {
            return;
        }
        if (place == null) {
            suspicion = null;
            publication.want(null);
            return;
        }
        Notice notice = new Notice(place.fence(), detection.describe(owner, place));
        boolean shown = publication.shows(notice);
        publication.want(notice);
        if (shown) {
            look(notice);
        }
    }

    private void look(Notice notice) {
        detection
                .reading()
                .read()
                .whenComplete((snapshot, failure) -> serial.execute(() -> {
                    if (!over && failure == null && publication.shows(notice)) {
                        again();
                        judge(notice.lasting(), snapshot);
                    }
                }));
    }

    private void judge(LastingWait wait, WaitReading.Snapshot snapshot) {
        Optional<List<Step>> cycle =
                snapshot.graph().waits().contains(wait) ? snapshot.graph().cycleToGiveUp(wait) : Optional.empty();
        Suspicion before = suspicion;
        if (cycle.isEmpty()) {
            suspicion = null;
        } else if (before == null || !before.cycle().equals(cycle.get())) {
            suspicion = new Suspicion(cycle.get(), env.time().nanoTime());
        } else if (snapshot.begunAt() - before.seenAt() >= threshold.toNanos()) {
            giveUp(wait, snapshot.graph(), cycle.get());
        }
    }

    /** Only if the request waits and its owner holds as others could read. */
    private void giveUp(LastingWait wait, WaitGraph graph, List<Step> cycle) {
        queue.locate(request, place -> {
            if (place != null && detection.describe(owner, place).equals(wait)) {
                request.fail(detection.deadlock(request.name(), graph, cycle));
                queue.withdrawn(request);
            }
        });
    }
}
