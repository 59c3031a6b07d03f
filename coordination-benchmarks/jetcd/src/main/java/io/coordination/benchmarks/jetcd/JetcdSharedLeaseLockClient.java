package io.coordination.benchmarks.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coordination.benchmarks.Calls;
import io.coordination.benchmarks.LockClient;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Lock;
import io.etcd.jetcd.lock.LockResponse;
import io.etcd.jetcd.support.Observers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * {@link LockClient} on jetcd-core with default options: a lease, kept alive, for each thread. One for all threads would let
 * them in together, because the server takes the lease for the owner.
 */
final class JetcdSharedLeaseLockClient implements LockClient {

    private final Client client;
    private final Lease lease;
    private final Lock lock;
    private final ThreadLocal<Long> leaseOfThread;
    private final CompletableFuture<Long> leaseOfFlows;

    JetcdSharedLeaseLockClient(String endpoint, Duration ttl) {
        client = Client.builder().endpoints(endpoint).build();
        lease = client.getLeaseClient();
        lock = client.getLockClient();
        leaseOfThread = ThreadLocal.withInitial(() -> Calls.await(living(ttl)));
        leaseOfFlows = living(ttl);
    }

    private CompletableFuture<Long> living(Duration ttl) {
        return lease.grant(ttl.toSeconds()).thenApply(granted -> {
            lease.keepAlive(granted.getID(), Observers.observer(renewed -> {}));
            return granted.getID();
        });
    }

    @Override
    public Held acquire(String name) {
        LockResponse locked = Calls.await(lock.lock(ByteSequence.from(name, UTF_8), leaseOfThread.get()));
        return () -> Calls.await(lock.unlock(locked.getKey()));
    }

    /** Flows want different locks, so they may share a lease. */
    @Override
    public CompletableFuture<?> cycle(String name) {
        return leaseOfFlows
                .thenCompose(id -> lock.lock(ByteSequence.from(name, UTF_8), id))
                .thenCompose(locked -> lock.unlock(locked.getKey()));
    }

    @Override
    public void close() {
        client.close();
    }
}
