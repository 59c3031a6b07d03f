package io.coordination.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Many locks held at once, and the heap that they take. Used by one thread. */
final class HeldLocks {

    private static final int AT_ONCE = 32;
    private static final int MOST_COLLECTIONS = 20;
    private static final int THOUSAND = 1_000;
    private static final Duration BETWEEN_COLLECTIONS = Duration.ofMillis(250);

    private final LockClients clients;
    private LockClient.Held[] held = {};
    private Duration ttl = Duration.ZERO;
    private long heapBefore;

    HeldLocks(LockClients clients) {
        this.clients = clients;
    }

    /** Acquires as many as the amount says; the time is the TTL. What comes into being with the first few is not counted. */
    Reading hold(Command command) {
        ttl = command.time();
        LockClient client = clients.of(ttl);
        acquireAll(client, "bench-warm-", new LockClient.Held[AT_ONCE]);
        held = new LockClient.Held[command.amount()];
        heapBefore = usedHeap();
        acquireAll(client, "bench-held-", held);
        return Reading.NOTHING;
    }

    private static void acquireAll(LockClient client, String prefix, LockClient.Held[] locks) {
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            ends.add(Turns.run(() -> {
                for (int lock = next.getAndIncrement(); lock < locks.length; lock = next.getAndIncrement()) {
                    locks[lock] = client.acquire(prefix + lock);
                }
            }));
        }
        ends.forEach(Calls::await);
    }

    /** {@code bytes} of heap for each lock held. */
    Reading heap(Command command) {
        return Reading.of("bytes", (usedHeap() - heapBefore) / (double) held.length);
    }

    /** Ends the client, which ends its locks. */
    Reading release(Command command) {
        held = new LockClient.Held[0];
        clients.close(ttl);
        return Reading.NOTHING;
    }

    /** What is in use once collecting finds nothing more: finalizers, cleaners and caches of threads let go late. */
    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int collections = 0; collections < MOST_COLLECTIONS; collections++) {
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            if (used > least - least / THOUSAND) {
                return Math.min(used, least);
            }
            least = used;
            Pause.of(BETWEEN_COLLECTIONS);
        }
        return least;
    }
}
