package io.coordination.store.session;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Follows the key of a session: who deletes it revokes the session. When the history was compacted behind the watch it
 * reads the key again. Confined to the executor of its session.
 */
final class SessionKeyWatch implements WatchListener {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Environment env;
    private final Executor serial;
    private final long lease;
    private final long created;
    private final Runnable onDeleted;
    private @Nullable Watch watch;
    private boolean closed;

    /**
     * A watch that has not begun.
     *
     * @param created the revision that made the key
     * @param serial the executor of the session
     * @param onDeleted called once, on that executor
     */
    SessionKeyWatch(Environment env, long lease, long created, Executor serial, Runnable onDeleted) {
        this.env = env;
        this.lease = lease;
        this.created = created;
        this.serial = serial;
        this.onDeleted = onDeleted;
    }

    void start() {
        watchFrom(created + 1);
    }

    void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }

    private void watchFrom(long revision) {
        try {
            watch = env.store().watch(env.keys().sessionRange(lease), revision, this);
        } catch (CoordinationException closedStore) {
            checkLater();
        }
    }

    @Override
    public void onRevision(long revision, List<WatchEvent> events) {
        String key = env.keys().sessionKey(lease);
        if (events.stream()
                .anyMatch(e -> e instanceof WatchEvent.Delete && e.key().equals(key))) {
            serial.execute(this::deleted);
        }
    }

    @Override
    public void onHistoryLost(long firstRevision) {
        serial.execute(this::check);
    }

    private void deleted() {
        if (!closed) {
            onDeleted.run();
        }
    }

    private void check() {
        if (closed) {
            return;
        }
        env.store()
                .range(RangeQuery.key(env.keys().sessionKey(lease)))
                .whenComplete((found, failure) -> serial.execute(() -> {
                    if (closed) {
                        return;
                    }
                    if (failure != null) {
                        checkLater();
                    } else if (isThere(found.first())) {
                        watchFrom(found.revision() + 1);
                    } else {
                        onDeleted.run();
                    }
                }));
    }

    /** A key of that name that was made later is not the one that was published. */
    private boolean isThere(Optional<KeyValue> found) {
        return found.isPresent() && found.get().createRevision() == created;
    }

    private void checkLater() {
        env.time().schedule(PAUSE, () -> serial.execute(this::check));
    }
}
