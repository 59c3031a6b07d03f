package io.coordination.benchmarks.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.coordination.benchmarks.Calls;
import io.coordination.benchmarks.StoreClient;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.Observers;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** {@link StoreClient} on jetcd-core with default options. */
final class JetcdStoreClient implements StoreClient {

    private final Client client;
    private final KV kv;
    private final Lease lease;

    JetcdStoreClient(String endpoint) {
        client = Client.builder().endpoints(endpoint).build();
        kv = client.getKVClient();
        lease = client.getLeaseClient();
    }

    @Override
    public CompletableFuture<?> get(String key) {
        return kv.get(bytes(key));
    }

    @Override
    public CompletableFuture<?> getSerializable(String key) {
        return kv.get(bytes(key), GetOption.builder().withSerializable(true).build());
    }

    @Override
    public CompletableFuture<?> put(String key, String value) {
        return kv.put(bytes(key), bytes(value));
    }

    @Override
    public CompletableFuture<?> putIfPresent(String key, String value) {
        return kv.txn()
                .If(new Cmp(bytes(key), Cmp.Op.GREATER, CmpTarget.createRevision(0)))
                .Then(Op.put(bytes(key), bytes(value), PutOption.DEFAULT))
                .commit();
    }

    @Override
    public CompletableFuture<?> putIfPresentAmongMany(String key, String value) {
        return putIfPresent(key, value);
    }

    @Override
    public Ending watch(String prefix, Consumer<String> onValue) {
        Watch.Watcher watcher = watch(prefix, WatchOption.builder(), response -> {
            for (WatchEvent event : response.getEvents()) {
                if (event.getEventType() == WatchEvent.EventType.PUT) {
                    onValue.accept(event.getKeyValue().getValue().toString(UTF_8));
                }
            }
        });
        return watcher::close;
    }

    /** What a user of jetcd has to write: the pages of one revision into a map, then a watch from the next. */
    @Override
    public CompletableFuture<Integer> mirror(String prefix) {
        return new PagedGet(kv, prefix).read().thenApply(read -> {
            watch(prefix, WatchOption.builder().withRevision(read.revision() + 1), response -> {})
                    .close();
            return read.entries().size();
        });
    }

    private Watch.Watcher watch(String prefix, WatchOption.Builder option, Consumer<WatchResponse> onResponse) {
        return client.getWatchClient()
                .watch(bytes(prefix), option.isPrefix(true).build(), onResponse);
    }

    /** As its lock wants it: a lease for each key, so that each can be lost alone. */
    @Override
    public Holding hold(String prefix, int keys, Duration ttl) {
        Queue<Long> leases = new ConcurrentLinkedQueue<>();
        Calls.makeAll(
                IntStream.range(0, keys).mapToObj(i -> prefix + i).toList(),
                64,
                key -> lease.grant(ttl.toSeconds()).thenCompose(granted -> {
                    leases.add(granted.getID());
                    lease.keepAlive(granted.getID(), Observers.observer(renewed -> {}));
                    PutOption onLease =
                            PutOption.builder().withLeaseId(granted.getID()).build();
                    return kv.put(bytes(key), bytes(key), onLease);
                }));
        return new Holding(leases.size(), () -> leases.forEach(id -> Calls.await(lease.revoke(id))));
    }

    @Override
    public void close() {
        client.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
