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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Follows the key of a session and what is below it: who deletes the key revokes the session, and who puts below it writes
 * to the process. When the history was compacted behind the watch it reads both again. Confined to the executor of its
 * session.
 */
final class SessionKeyWatch implements WatchListener {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Environment env;
    private final Executor serial;
    private final long lease;
    private final long created;
    private final Runnable onDeleted;
    private final Mailbox mailbox;
    private @Nullable Watch watch;
    private boolean closed;

    /**
     * A watch that has not begun.
     *
     * @param created the revision that made the key
     * @param serial the executor of the session
     * @param onDeleted called once, on that executor
     * @param mailbox told, on that executor, what is put below the key
     */
    SessionKeyWatch(Environment env, long lease, long created, Executor serial, Runnable onDeleted, Mailbox mailbox) {
        this.env = env;
        this.lease = lease;
        this.created = created;
        this.serial = serial;
        this.onDeleted = onDeleted;
        this.mailbox = mailbox;
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
        List<KeyValue> messages = events.stream()
                .filter(e -> mailbox.isMessage(e.key()))
                .flatMap(e -> e instanceof WatchEvent.Put put ? Stream.of(put.entry()) : Stream.empty())
                .toList();
        if (!messages.isEmpty()) {
            serial.execute(() -> mailbox.arrived(messages));
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
                .range(RangeQuery.of(env.keys().sessionRange(lease)))
                .whenComplete((found, failure) -> serial.execute(() -> {
                    if (closed) {
                        return;
                    }
                    if (failure != null) {
                        checkLater();
                    } else if (isThere(found.first())) {
                        mailbox.arrived(found.entries());
                        watchFrom(found.revision() + 1);
                    } else {
                        onDeleted.run();
                    }
                }));
    }

    /** A key of that name that was made later is not the one that was published. */
    private boolean isThere(Optional<KeyValue> found) {
        return found.filter(
                        entry -> entry.key().equals(env.keys().sessionKey(lease)) && entry.createRevision() == created)
                .isPresent();
    }

    private void checkLater() {
        env.time().schedule(PAUSE, () -> serial.execute(this::check));
    }
}
