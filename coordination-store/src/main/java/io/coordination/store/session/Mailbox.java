package io.coordination.store.session;

import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What others put below the key of a session, under a number and on its lease: messages to the process of the lease. Each is
 * told once and then deleted. Until a recipe opens the mailbox, messages are left where they are. Confined to the executor
 * of its session.
 */
final class Mailbox {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Environment env;
    private final Executor serial;
    private final String prefix;
    private @Nullable Consumer<KeyValue> recipe;
    private long told;
    private boolean closed;

    Mailbox(Environment env, long lease, Executor serial) {
        this.env = env;
        this.serial = serial;
        this.prefix = env.keys().sessionKey(lease) + "/";
    }

    /** From now on messages are told. Only the first call counts. */
    void open(Consumer<KeyValue> reader) {
        if (recipe == null) {
            recipe = reader;
        }
    }

    void close() {
        closed = true;
    }

    /** Whether a key is one of a message; recipes keep other things below the key of a session, too. */
    boolean isMessage(String key) {
        int at = prefix.length();
        return key.startsWith(prefix)
                && key.length() > at
                && key.chars().skip(at).allMatch(c -> c >= '0' && c <= '9');
    }

    /** Messages as they were put or read: all that one revision has, older revisions first. */
    void arrived(List<KeyValue> found) {
        Consumer<KeyValue> reader = recipe;
        if (closed || reader == null) {
            return;
        }
        List<KeyValue> messages = found.stream()
                .filter(entry -> isMessage(entry.key()) && entry.modRevision() > told)
                .sorted(Comparator.comparingLong(KeyValue::modRevision))
                .toList();
        for (KeyValue message : messages) {
            told = message.modRevision();
            reader.accept(message);
            delete(message);
        }
    }

    /**
     * Reads what is there.
     *
     * @return completes when all messages that were put before this call have been told
     */
    CompletableFuture<Void> read() {
        return env.store().range(RangeQuery.of(KeyRange.prefix(prefix))).thenCompose(found -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            serial.execute(() -> {
                arrived(found.entries());
                done.complete(null);
            });
            return done;
        });
    }

    /** What was read has served its purpose; it would go with the lease at the latest. */
    private void delete(KeyValue message) {
        Txn txn = Txn.when(Txn.Compare.createdAt(message.key(), message.createRevision()))
                .then(Txn.Op.delete(message.key()));
        env.store().txn(txn.delivered(Delivery.REPEATABLE)).whenComplete((done, failure) -> {
            boolean again = failure != null
                    && Blocking.failure(failure, "deleting a message").code() != ErrorCode.CLOSED;
            if (again) {
                env.time().schedule(PAUSE, () -> serial.execute(() -> deleteUnlessClosed(message)));
            }
        });
    }

    private void deleteUnlessClosed(KeyValue message) {
        if (!closed) {
            delete(message);
        }
    }
}
