package io.coordination.benchmarks.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coordination.benchmarks.Calls;
import io.coordination.benchmarks.LockClient;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.support.Observers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** {@link LockClient} on jetcd-core with default options: a lease, kept alive, for each lock. */
final class JetcdLockClient implements LockClient {

    private final Client client;
    private final Lease lease;
    private final Lock lock;
    private final long ttlSeconds;

    JetcdLockClient(String endpoint, Duration ttl) {
        client = Client.builder().endpoints(endpoint).build();
        lease = client.getLeaseClient();
        lock = client.getLockClient();
        ttlSeconds = ttl.toSeconds();
    }

    /** A lease that is kept alive. */
    private record Living(long id, CloseableClient renewal) {}

    private record Held(ByteSequence key, Living lease) {}

    @Override
    public LockClient.Held acquire(String name) {
        Held held = Calls.await(acquireAsync(name));
        return () -> Calls.await(release(held));
    }

    @Override
    public CompletableFuture<?> cycle(String name) {
        return acquireAsync(name).thenCompose(this::release);
    }

    private CompletableFuture<Held> acquireAsync(String name) {
        return living().thenCompose(granted -> lock.lock(ByteSequence.from(name, UTF_8), granted.id())
                .thenApply(locked -> new Held(locked.getKey(), granted)));
    }

    private CompletableFuture<Living> living() {
        return lease.grant(ttlSeconds)
                .thenApply(granted -> new Living(
                        granted.getID(), lease.keepAlive(granted.getID(), Observers.observer(renewed -> {}))));
    }

    private CompletableFuture<?> release(Held held) {
        return lock.unlock(held.key()).thenCompose(unlocked -> {
            held.lease().renewal().close();
            return lease.revoke(held.lease().id());
        });
    }

    @Override
    public void close() {
        client.close();
    }
}
