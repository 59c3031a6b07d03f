package io.coordination.tests.consistency;

import io.coordination.testkit.EtcdCluster;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** Compacts the history, close to its end. */
final class Compactions implements Strand, AutoCloseable {

    private final EtcdCluster cluster;
    private final LongSupplier revision;
    private final int distance;
    private final Findings findings;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "compactions");
        made.setDaemon(true);
        return made;
    });

    /** Compactions of the revision that is known as the newest, less a distance, less some revisions more at random. */
    Compactions(EtcdCluster cluster, LongSupplier revision, int distance, Findings findings) {
        this.cluster = cluster;
        this.revision = revision;
        this.distance = distance;
        this.findings = findings;
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        int further = random.nextInt(3) == 0 ? 0 : random.nextInt(200);
        return CompletableFuture.runAsync(() -> compact(revision.getAsLong() - distance - further), thread);
    }

    private void compact(long until) {
        try {
            if (until > 0) {
                cluster.etcdctl("compaction", Long.toString(until));
                findings.count("compact ok");
            }
        } catch (IllegalStateException refused) {
            // No majority at the moment, or compacted already.
            findings.count("compact failed");
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
