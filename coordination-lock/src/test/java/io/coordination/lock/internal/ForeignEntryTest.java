package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Cluster.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.HoldOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.synchronizer.DistributedSemaphore;
import io.coordination.lock.synchronizer.Permits;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What no version of ours writes into a queue keeps its place there, excludes everybody else as long as it lasts, and breaks
 * nothing.
 */
class ForeignEntryTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node node = cluster.node();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "null",
                "",
                "7",
                "not JSON",
                "{\"m\":null,\"o\":null,\"t\":null}",
                "{\"m\":\"\"}",
                "{\"t\":\"noon\"}"
            })
    void excludesEverybodyElse(String value) {
        DistributedSemaphore semaphore = node.locks.semaphore(LOCK, 5);
        assertThat(semaphore.available()).isEqualTo(5);
        String foreign = cluster.keys.lockKey(LOCK, 7, 1);
        cluster.memory.txn(Txn.always(Op.put(foreign, Bytes.utf8(value), 0))).join();

        assertThat(semaphore.available()).isZero();
        assertThat(semaphore.holders()).isEmpty();
        assertThat(semaphore.tryAcquire(1)).isEmpty();
        assertThat(node.tryOnce()).isEmpty();
        assertThat(node.locks.admin().queue(LOCK).places()).hasSize(1);
        CompletableFuture<Permits> permits = semaphore.acquireAsync(5, HoldOptions.ofTtl(TTL));
        CompletableFuture<LockHandle> lock = node.ask();
        assertThat(permits).isNotDone();
        assertThat(lock).isNotDone();

        cluster.delete(foreign);
        assertThat(permits).isCompleted();
        permits.join().close();
        assertThat(lock).isCompleted();
        lock.join().close();
        cluster.delete(cluster.keys.lockPrefix(LOCK) + "!limit");
        cluster.time.advance(HoldOptions.defaults().ttl());
    }
}
