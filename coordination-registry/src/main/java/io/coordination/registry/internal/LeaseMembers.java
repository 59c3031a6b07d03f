package io.coordination.registry.internal;

import io.coordination.store.Delivery;
import io.coordination.store.KeyValue;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.session.LeaseAudit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Those who have keys on one lease. Two may have the same key for a while: a withdrawal that is not over, and the next
 * registration of that id. Thread-safe.
 */
final class LeaseMembers implements LeaseAudit {

    private final Store store;
    private final ConcurrentMap<String, Set<LeaseMember>> byKey = new ConcurrentHashMap<>();

    LeaseMembers(Store store) {
        this.store = store;
    }

    void add(LeaseMember member) {
        byKey.compute(member.key(), (key, present) -> {
            Set<LeaseMember> members = present == null ? ConcurrentHashMap.newKeySet() : present;
            members.add(member);
            return members;
        });
    }

    void remove(LeaseMember member) {
        byKey.computeIfPresent(member.key(), (key, members) -> {
            members.remove(member);
            return members.isEmpty() ? null : members;
        });
    }

    List<LeaseMember> all() {
        return byKey.values().stream().flatMap(Set::stream).toList();
    }

    private Stream<LeaseMember> of(String key) {
        return byKey.getOrDefault(key, Set.of()).stream();
    }

    @Override
    public Set<String> believed() {
        return byKey.keySet().stream()
                .filter(key -> of(key).anyMatch(LeaseMember::believes))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean knows(String key) {
        return byKey.containsKey(key);
    }

    @Override
    public boolean missing(String key, Optional<KeyValue> found) {
        return of(key).map(member -> member.missing(found)).reduce(false, Boolean::logicalOr);
    }

    /** Whoever registers that id from now on does not take this entry for its own: no two have the same nonce. */
    @Override
    public CompletableFuture<?> remove(KeyValue leftover) {
        return store.txn(Txn.when(Compare.modifiedAt(leftover.key(), leftover.modRevision()))
                .then(Op.delete(leftover.key()))
                .delivered(Delivery.REPEATABLE));
    }
}
