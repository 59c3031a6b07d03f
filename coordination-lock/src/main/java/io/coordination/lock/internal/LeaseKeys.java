package io.coordination.lock.internal;

import io.coordination.store.Isolated;
import io.coordination.store.KeyValue;
import io.coordination.store.Store;
import io.coordination.store.session.LeaseAudit;
import io.coordination.store.session.SessionLoss;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The queue keys that this process may have on one lease, each from before its first enqueue is sent until it is certain
 * that it is gone. Names are never used again, so a key of the lease that is not here is of no use to anybody.
 * Thread-safe.
 */
final class LeaseKeys implements LeaseAudit {

    /** Who put a key, or is about to. Asked and told on any thread. */
    interface Owner {
        /** The revision that made the key, while its owner believes that it exists and is on no other lease. */
        OptionalLong believedRevision();

        /** The key is gone, and it was not its owner who deleted it. */
        void keyIsGone();

        /** The lease is over, and the key with it. May be told twice. */
        void leaseIsOver(SessionLoss loss);

        /** Somebody wrote to this process about a key of that name. */
        void letterCame(Letter letter);
    }

    private final Store store;
    private final Fence fence;
    private final Map<String, Owner> owners = new ConcurrentHashMap<>();
    private volatile @Nullable SessionLoss over;

    LeaseKeys(Store store, Fence fence) {
        this.store = store;
        this.fence = fence;
    }

    void add(String key, Owner owner) {
        owners.put(key, owner);
        SessionLoss known = over;
        if (known != null) {
            owner.leaseIsOver(known);
        }
    }

    void forget(String key) {
        owners.remove(key);
    }

    /** The lease is over: all owners hear of it, those of keys to come included. */
    void leaseIsOver(SessionLoss loss) {
        over = loss;
        new HashSet<>(owners.values())
                .forEach(owner -> Isolated.run("Telling of the end of a lease failed", () -> owner.leaseIsOver(loss)));
    }

    /** Brings a message to whoever put the key that it is about; without such a one it comes too late. */
    void deliver(Letter letter) {
        Owner owner = owners.get(letter.k());
        if (owner != null) {
            owner.letterCame(letter);
        }
    }

    @Override
    public Set<String> believed() {
        return owners.entrySet().stream()
                .filter(entry -> entry.getValue().believedRevision().isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean knows(String key) {
        return owners.containsKey(key);
    }

    @Override
    public boolean missing(String key, Optional<KeyValue> found) {
        Owner owner = owners.get(key);
        OptionalLong believed = owner == null ? OptionalLong.empty() : owner.believedRevision();
        if (owner == null || believed.isEmpty()) {
            return false;
        }
        boolean there = found.filter(entry -> entry.createRevision() == believed.getAsLong())
                .isPresent();
        if (!there) {
            owner.keyIsGone();
        }
        return !there;
    }

    /** A key that was put after the fence was last moved may have a further copy under way, which moving it bars. */
    @Override
    public CompletableFuture<?> remove(KeyValue leftover) {
        return leftover.modRevision() < fence.revision()
                ? store.txn(LockTxns.release(leftover.key(), leftover.createRevision()))
                : fence.close(leftover.key());
    }
}
