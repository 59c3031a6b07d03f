package io.coordination.lock.internal;

import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Txn;
import io.coordination.store.mirror.PagedRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads all waits that are published in the namespace and the queues they are in, at one revision. Whoever asks while a reading
 * is under way shares the next one. Thread-safe.
 */
final class WaitReading {

    /** Well below what a server takes in one transaction. */
    private static final int QUEUES_AT_ONCE = 64;

    private static final Pattern PUBLISHED = Pattern.compile("[0-9a-f]{16}/w-[0-9]+");

    /** The graph of one revision, and when its reading began, in nanoseconds of the time source. */
    record Snapshot(WaitGraph graph, long begunAt) {}

    private final Environment env;

    // Confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private List<CompletableFuture<Snapshot>> asking = new ArrayList<>();
    private boolean underWay;

    WaitReading(Environment env) {
        this.env = env;
    }

    /** A reading that begins after this call; fails as the server does. */
    CompletableFuture<Snapshot> read() {
        CompletableFuture<Snapshot> result = new CompletableFuture<>();
        serial.execute(() -> {
            asking.add(result);
            begin();
        });
        return result;
    }

    private void begin() {
        if (underWay || asking.isEmpty()) {
            return;
        }
        underWay = true;
        List<CompletableFuture<Snapshot>> served = asking;
        asking = new ArrayList<>();
        load().whenComplete((snapshot, failure) -> serial.execute(() -> {
            underWay = false;
            served.forEach(result -> tell(result, snapshot, failure));
            begin();
        }));
    }

    private static void tell(CompletableFuture<Snapshot> result, Snapshot snapshot, @Nullable Throwable failure) {
        if (failure == null) {
            result.complete(snapshot);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private CompletableFuture<Snapshot> load() {
        long begunAt = env.time().nanoTime();
        return PagedRange.read(env.store(), KeyRange.prefix(env.keys().sessionsPrefix()))
                .thenCompose(found -> {
                    List<LastingWait> waits = waits(found.entries());
                    List<String> queues = waits.stream()
                            .map(wait -> WaitGraph.queueOf(wait.k()))
                            .distinct()
                            .toList();
                    return places(queues, found.revision(), new ArrayList<>())
                            .thenApply(places -> new Snapshot(new WaitGraph(waits, places), begunAt));
                });
    }

    private List<LastingWait> waits(List<KeyValue> entries) {
        int prefix = env.keys().sessionsPrefix().length();
        return entries.stream()
                .filter(entry ->
                        PUBLISHED.matcher(entry.key().substring(prefix)).matches())
                .map(entry -> LastingWait.read(entry.value()))
                .flatMap(Optional::stream)
                .filter(wait -> wait.k().startsWith(env.keys().namespacePrefix()))
                .toList();
    }

    private CompletableFuture<List<StoredPlace>> places(List<String> queues, long revision, List<StoredPlace> known) {
        if (queues.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        List<QueueKeys> now =
                queues.stream().limit(QUEUES_AT_ONCE).map(QueueKeys::new).toList();
        Txn.Op[] reads = now.stream()
                .map(queue -> Txn.Op.get(RangeQuery.of(queue.range()).atRevision(revision)))
                .toArray(Txn.Op[]::new);
        return env.store().txn(Txn.always(reads).delivered(Delivery.REPEATABLE)).thenCompose(result -> {
            for (int i = 0; i < now.size(); i++) {
                now.get(i).members(result.range(i).entries()).forEach(entry -> known.add(StoredPlace.of(entry)));
            }
            return places(queues.subList(now.size(), queues.size()), revision, known);
        });
    }
}
