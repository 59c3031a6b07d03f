package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.admin.LockPlace;
import io.coordination.lock.admin.LockProcess;
import io.coordination.lock.admin.LockQueueState;
import io.coordination.store.Blocking;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.JsonCodec;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Txn;
import io.coordination.store.mirror.PagedRange;
import io.coordination.store.session.ProcessIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** Reads a queue and the sessions behind it, all at one revision. Writes nothing. */
final class QueueReading {

    /** Well below what a server takes in one transaction. */
    private static final int SESSIONS_AT_ONCE = 64;

    private static final int RESTARTS = 3;

    private final Environment env;

    QueueReading(Environment env) {
        this.env = env;
    }

    CompletableFuture<List<String>> names() {
        String prefix = env.keys().locksPrefix();
        return PagedRange.readKeys(env.store(), KeyRange.prefix(prefix))
                .thenApply(found -> found.entries().stream()
                        .map(KeyValue::key)
                        .filter(key -> key.indexOf('/', prefix.length()) > 0)
                        .map(key -> key.substring(prefix.length(), key.indexOf('/', prefix.length())))
                        .distinct()
                        .filter(segment -> found.entries().stream()
                                .anyMatch(entry -> new QueueKeys(prefix + segment + "/").isMember(entry.key())))
                        .map(Keys::unescape)
                        .sorted()
                        .toList());
    }

    CompletableFuture<LockQueueState> queue(String lock) {
        return queue(lock, RESTARTS);
    }

    /** The sessions are read at the revision of the queue; when that is compacted meanwhile, the reading starts anew. */
    private CompletableFuture<LockQueueState> queue(String lock, int restarts) {
        QueueKeys keys = new QueueKeys(env.keys().lockPrefix(lock));
        return PagedRange.read(env.store(), KeyRange.prefix(keys.prefix()))
                .thenCompose(found -> sessions(found, keys).thenApply(processes -> state(lock, found, keys, processes)))
                .exceptionallyCompose(failure -> restarts > 0 && isCompacted(failure)
                        ? queue(lock, restarts - 1)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean isCompacted(Throwable failure) {
        return Blocking.failure(failure, "reading the queue of a lock").code() == ErrorCode.NOT_FOUND;
    }

    private CompletableFuture<Map<Long, LockProcess>> sessions(RangeResult found, QueueKeys keys) {
        List<Long> leases = keys.members(found.entries()).stream()
                .map(KeyValue::lease)
                .distinct()
                .toList();
        return sessions(leases, found.revision(), new HashMap<>());
    }

    private CompletableFuture<Map<Long, LockProcess>> sessions(
            List<Long> leases, long revision, Map<Long, LockProcess> known) {
        if (leases.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        List<Long> now = leases.subList(0, Math.min(SESSIONS_AT_ONCE, leases.size()));
        Txn.Op[] reads = now.stream()
                .map(lease ->
                        Txn.Op.get(RangeQuery.key(env.keys().sessionKey(lease)).atRevision(revision)))
                .toArray(Txn.Op[]::new);
        return env.store().txn(Txn.always(reads).delivered(Delivery.REPEATABLE)).thenCompose(result -> {
            for (int i = 0; i < now.size(); i++) {
                long lease = now.get(i);
                result.range(i).first().flatMap(QueueReading::process).ifPresent(p -> known.put(lease, p));
            }
            return sessions(leases.subList(now.size(), leases.size()), revision, known);
        });
    }

    /** Whom a session key names; nothing when that cannot be read. */
    static Optional<LockProcess> process(KeyValue sessionKey) {
        try {
            ProcessIdentity identity = JsonCodec.read(sessionKey.value(), ProcessIdentity.class);
            return Optional.of(new LockProcess(identity.node(), identity.host(), identity.pid()));
        } catch (CoordinationException unreadable) {
            return Optional.empty();
        }
    }

    private static LockQueueState state(
            String lock, RangeResult found, QueueKeys keys, Map<Long, LockProcess> processes) {
        List<StoredPlace> ordered = Grants.ordered(
                keys.members(found.entries()).stream().map(StoredPlace::of).toList());
        int holding = Grants.count(ordered, limit(found, keys));
        List<LockPlace> places = new ArrayList<>();
        for (StoredPlace place : ordered) {
            places.add(new LockPlace(
                    place.key().substring(keys.prefix().length()),
                    place.revision(),
                    place.mode(),
                    place.permits(),
                    place.label(),
                    place.since(),
                    Optional.ofNullable(processes.get(place.entry().lease()))));
        }
        return new LockQueueState(
                lock, found.revision(), places.subList(0, holding), places.subList(holding, places.size()));
    }

    /** The permits of a semaphore, which are stored beside its queue. */
    private static OptionalInt limit(RangeResult found, QueueKeys keys) {
        return found.entries().stream()
                .filter(entry -> entry.key().equals(keys.prefix() + "!limit"))
                .map(entry -> entry.value().utf8())
                .filter(text -> text.matches("[0-9]{1,9}"))
                .mapToInt(Integer::parseInt)
                .findFirst();
    }
}
