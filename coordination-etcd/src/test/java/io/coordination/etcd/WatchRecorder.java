package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** Writes down what a watch tells, one line a call. */
class WatchRecorder implements WatchListener {

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<CoordinationException> interruptions = new CopyOnWriteArrayList<>();

    @Override
    public void onOpened(long revision) {
        heard.add("opened " + revision);
    }

    @Override
    public void onRevision(long revision, List<WatchEvent> events) {
        heard.add("revision " + revision + " "
                + events.stream().map(WatchEvent::key).toList());
    }

    @Override
    public void onProgress(long revision) {
        heard.add("progress " + revision);
    }

    @Override
    public void onInterrupted(CoordinationException cause) {
        interruptions.add(cause);
        heard.add("interrupted " + cause.code());
    }

    @Override
    public void onHistoryLost(long firstRevision) {
        heard.add("lost " + firstRevision);
    }

    final void await(String line) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(heard).contains(line));
    }

    final List<String> heard() {
        return heard;
    }

    final List<CoordinationException> interruptions() {
        return interruptions;
    }
}
