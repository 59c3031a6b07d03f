package io.coordination.registry.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key of one registration, and the transactions that put and delete it without ever touching somebody else's.
 * Immutable.
 *
 * <p>The value holds a nonce that only this registration has. So the key is recognised as ours after a lost answer, on
 * whatever lease it hangs; and a delete that compares the value can be repeated at will.
 *
 * <p>A put whose answer was lost may be applied late, even after the delete that was to end it. {@link #eraseAndBar} makes
 * that impossible: with the delete it puts a key that every put of a new entry requires to be absent. That key hangs
 * on the same lease as the put, and without the lease the put fails anyway.
 */
final class InstanceKey {

    private static final Logger log = LoggerFactory.getLogger(InstanceKey.class);
    private static final int NONCE_CHARACTERS = 26;

    private final Store store;
    private final Keys keys;
    private final ServiceInfo service;
    private final String name;
    private final String nonce;
    private final Bytes value;

    private InstanceKey(Environment env, ServiceInfo service, String nonce) {
        this.store = env.store();
        this.keys = env.keys();
        this.service = service;
        this.name = keys.instanceKey(service.name(), service.id());
        this.nonce = nonce;
        this.value = InstanceValue.write(service, env.time().now(), nonce);
    }

    /** The key of a new registration. */
    static InstanceKey of(Environment env, ServiceInfo service) {
        return new InstanceKey(env, service, RandomText.of(NONCE_CHARACTERS));
    }

    ServiceInfo service() {
        return service;
    }

    String name() {
        return name;
    }

    KeyRange range() {
        return KeyRange.key(name);
    }

    /** Whether an entry of this key is what we want there: our value on our lease. */
    boolean isHeld(KeyValue entry, long lease) {
        return entry.lease() == lease && entry.value().equals(value);
    }

    /** Whether an entry was put by this registration, perhaps on an earlier lease or altered by hand since. */
    boolean isMine(KeyValue entry) {
        if (entry.value().equals(value)) {
            return true;
        }
        try {
            return nonce.equals(InstanceValue.read(entry.value()).nonce());
        } catch (CoordinationException unreadable) {
            log.atDebug().setCause(unreadable).addKeyValue("key", name).log("An unreadable value counts as foreign");
            return false;
        }
    }

    /**
     * Puts the key on a lease unless somebody else has it. Sent once: the caller must know whether a copy may still be on
     * its way.
     */
    CompletableFuture<Claim> claim(long lease) {
        Txn put = Txn.when(Compare.absent(name), Compare.absent(bar(lease)))
                .then(Op.put(name, value, lease))
                .orElse(Op.get(name));
        return store.txn(put).thenCompose(result -> claimed(result, lease));
    }

    private CompletableFuture<Claim> claimed(TxnResult result, long lease) {
        if (result.succeeded()) {
            return CompletableFuture.completedFuture(new Claim.Mine(result.revision(), result.revision()));
        }
        Optional<KeyValue> found = result.range(0).first();
        if (found.isEmpty()) {
            return CompletableFuture.failedFuture(new CoordinationException(
                    ErrorCode.INTERNAL_ERROR, "the instance key '" + name + "' was claimed after its withdrawal"));
        }
        KeyValue entry = found.get();
        if (isHeld(entry, lease)) {
            return CompletableFuture.completedFuture(new Claim.Mine(entry.modRevision(), result.revision()));
        }
        return isMine(entry)
                ? replace(entry, lease)
                : CompletableFuture.completedFuture(new Claim.Foreign(entry, result.revision()));
    }

    /** Ours on an earlier lease, or altered: takes the place of exactly that entry, which can happen only once. */
    private CompletableFuture<Claim> replace(KeyValue mine, long lease) {
        Txn put = Txn.when(Compare.modifiedAt(name, mine.modRevision()))
                .then(Op.put(name, value, lease))
                .orElse(Op.get(name));
        return store.txn(put)
                .thenCompose(result -> result.succeeded()
                        ? CompletableFuture.completedFuture(new Claim.Mine(result.revision(), result.revision()))
                        : claim(lease));
    }

    /** Deletes the key if it is ours. Answers the revision of the delete, or 0 when nothing of ours was there. */
    CompletableFuture<Long> erase() {
        return erase(new Op[0]);
    }

    /** The same, and no put of ours on this lease is applied afterwards. Fails with {@code NOT_FOUND} without the lease. */
    CompletableFuture<Long> eraseAndBar(long lease) {
        return erase(Op.put(bar(lease), Bytes.EMPTY, lease));
    }

    private CompletableFuture<Long> erase(Op... more) {
        Txn delete = Txn.when(Compare.valueIs(name, value))
                .then(Op.delete(name))
                .then(more)
                .orElse(Op.get(name))
                .orElse(more)
                .delivered(Delivery.URGENT);
        return store.txn(delete).thenCompose(result -> {
            if (result.succeeded()) {
                return CompletableFuture.completedFuture(result.revision());
            }
            return result.range(0)
                    .first()
                    .filter(this::isMine)
                    .map(this::eraseAltered)
                    .orElseGet(() -> CompletableFuture.completedFuture(0L));
        });
    }

    private CompletableFuture<Long> eraseAltered(KeyValue mine) {
        Txn delete = Txn.when(Compare.modifiedAt(name, mine.modRevision()))
                .then(Op.delete(name))
                .delivered(Delivery.URGENT);
        return store.txn(delete)
                .thenCompose(
                        result -> result.succeeded() ? CompletableFuture.completedFuture(result.revision()) : erase());
    }

    private String bar(long lease) {
        return keys.sessionKey(lease) + "/withdrawn-" + nonce;
    }
}
