package io.coordination.registry.internal;

import io.coordination.CoordinatorOptions;
import io.coordination.memory.MemoryStore;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A store in memory with a clock that stands still, the processes that use it, and an operator's hand. */
final class Cluster {

    static final String SERVICE = "orders";
    static final Duration TTL = Duration.ofSeconds(12);
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    final ManualTime time = new ManualTime();
    final MemoryStore memory = MemoryStore.create(time);
    final Keys keys = Keys.ofNamespace("test");

    /** Another process. */
    Node node() {
        return new Node(this, options().build());
    }

    Node lazyNode() {
        return new Node(this, options().connectLazily(true).build());
    }

    private static CoordinatorOptions.Builder options() {
        return CoordinatorOptions.builder()
                .endpoints("memory:test")
                .namespace("test")
                .requestTimeout(REQUEST_TIMEOUT);
    }

    static ServiceInfo instance(String id) {
        return instance(id, "10.0.0.1");
    }

    static ServiceInfo instance(String id, String address) {
        return ServiceInfo.builder()
                .name(SERVICE)
                .id(id)
                .address(address)
                .port(8080)
                .ttl(TTL)
                .build();
    }

    String key(String id) {
        return keys.instanceKey(SERVICE, id);
    }

    Optional<KeyValue> entry(String id) {
        return memory.range(RangeQuery.key(key(id))).join().first();
    }

    /** The address that is registered for an id, whatever anybody's mirror says. */
    Optional<String> address(String id) {
        return entry(id)
                .flatMap(entry -> InstanceCodec.read(SERVICE, id, entry.value()))
                .map(ServiceInfo::address);
    }

    /** All keys that begin with a prefix below the namespace, such as {@code services/}. */
    List<String> keysBelow(String prefix) {
        return memory.range(RangeQuery.prefix(keys.namespacePrefix() + prefix).withKeysOnly()).join().entries().stream()
                .map(KeyValue::key)
                .toList();
    }

    void delete(String id) {
        memory.txn(Txn.always(Op.delete(key(id)))).join();
    }

    void put(String id, String value) {
        memory.txn(Txn.always(Op.put(key(id), Bytes.utf8(value), 0))).join();
    }

    /** Forgets all history, so that watches which are behind have to read anew. */
    void compact() {
        Txn unrelated = Txn.always(Op.put("/unrelated", Bytes.EMPTY, 0));
        memory.txn(unrelated).join();
        memory.compact(memory.txn(unrelated).join().revision());
    }
}
