package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Keeps whole revisions as a watch delivers them, for tests with too many keys for {@link WatchRecorder}. */
class RevisionLog implements WatchListener {

    private final List<Batch> batches = new CopyOnWriteArrayList<>();
    private final AtomicLong last = new AtomicLong();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();

    /** One call of {@link #onRevision}. */
    record Batch(long revision, List<WatchEvent> events) {}

    @Override
    public void onOpened(long revision) {
        opened.incrementAndGet();
    }

    @Override
    public void onRevision(long revision, List<WatchEvent> events) {
        batches.add(new Batch(revision, List.copyOf(events)));
        last.set(revision);
    }

    @Override
    public void onInterrupted(CoordinationException cause) {
        interrupted.incrementAndGet();
    }

    @Override
    public void onHistoryLost(long firstRevision) {
        lost.incrementAndGet();
    }

    final void awaitOpened() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> opened.get() > 0);
    }

    final void awaitRevision(long revision) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(last.get()).isGreaterThanOrEqualTo(revision));
    }

    final List<Batch> batches() {
        return batches;
    }

    final List<Long> revisions() {
        return batches.stream().map(Batch::revision).toList();
    }

    final long events() {
        return batches.stream().mapToLong(batch -> batch.events().size()).sum();
    }

    final int opened() {
        return opened.get();
    }

    final int interrupted() {
        return interrupted.get();
    }

    final int lost() {
        return lost.get();
    }
}
