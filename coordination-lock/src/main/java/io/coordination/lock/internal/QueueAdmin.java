package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.admin.LockPlace;
import io.coordination.lock.admin.LockProcess;
import io.coordination.lock.admin.LockQueueState;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.session.ProcessIdentity;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Locks as an operator sees them. Thread-safe. */
final class QueueAdmin implements LockAdmin {

    private final Environment env;
    private final BooleanSupplier closed;
    private final QueueReading reading;
    private final Intervention intervention;

    QueueAdmin(Environment env, BooleanSupplier closed) {
        this.env = env;
        this.closed = closed;
        this.reading = new QueueReading(env);
        this.intervention = new Intervention(env);
    }

    @Override
    public LockQueueState queue(String key) {
        Checks.name("key", key);
        return await(reading.queue(key), "reading the queue of lock '" + key + "'");
    }

    @Override
    public List<String> names() {
        return await(reading.names(), "reading the names of locks");
    }

    @Override
    public boolean requestRevocation(String key, LockPlace place, String reason) {
        Letter letter = letter(Letter.REVOKE, key, place, reason);
        return await(intervention.ask(letter), "asking for lock '" + key + "'");
    }

    @Override
    public boolean forceReleaseBreakingExclusion(String key, LockPlace place, String reason) {
        Letter letter = letter(Letter.FORCED, key, place, reason);
        try {
            boolean taken = await(intervention.take(letter), "releasing lock '" + key + "' by force");
            log(
                    taken ? "A lock was released by force" : "A force release came too late: the place is gone",
                    place,
                    letter);
            return taken;
        } catch (CoordinationException e) {
            log(e.outcomeUnknown() ? "A force release was not answered" : "A force release failed", place, letter);
            throw e;
        }
    }

    private Letter letter(String kind, String key, LockPlace place, String reason) {
        Checks.name("key", key);
        Checks.notNull("place", place);
        Checks.label("reason", reason);
        QueueKeys keys = new QueueKeys(env.keys().lockPrefix(key));
        String queueKey = keys.prefix() + place.id();
        if (!keys.isMember(queueKey)) {
            throw Checks.invalid("place.id", place.id(), "take the place from queue()");
        }
        ProcessIdentity self = ProcessIdentity.of(env, "locks");
        return new Letter(
                kind,
                queueKey,
                place.createRevision(),
                self.node(),
                reason,
                env.time().now().toString());
    }

    /** Who took a lock from whom has to be found in the log, whatever became of it. */
    private void log(String message, LockPlace place, Letter letter) {
        env.log()
                .atWarn()
                .addKeyValue("operation", "force release")
                .addKeyValue("place", letter.k())
                .addKeyValue("createRevision", place.createRevision())
                .addKeyValue(
                        "holder", place.process().map(LockProcess::toString).orElse("unknown"))
                .addKeyValue("label", place.label().orElse(""))
                .addKeyValue("by", letter.by())
                .addKeyValue("reason", letter.why())
                .log(message);
    }

    private <T> T await(CompletableFuture<T> answer, String operation) {
        if (closed.getAsBoolean()) {
            throw new CoordinationClosedException("the coordinator is closed");
        }
        return Blocking.await(answer, operation);
    }
}
