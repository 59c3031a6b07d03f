package io.coordination.tests.consistency;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** Grants leases, hangs keys on them, and renews, revokes or forgets them. */
final class Leases implements Strand {

    static final Duration TTL = Duration.ofSeconds(5);
    private static final int MOST = 12;

    private final Client client;
    private final Names names;
    private final Findings findings;
    private final ConcurrentLinkedDeque<Long> held = new ConcurrentLinkedDeque<>();
    private final Set<Long> revoked = ConcurrentHashMap.newKeySet();
    private final Set<Long> forgotten = ConcurrentHashMap.newKeySet();

    Leases(Client client, Names names, Findings findings) {
        this.client = client;
        this.names = names;
        this.findings = findings;
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        int choice = random.nextInt(10);
        Long lease = held.pollFirst();
        if (lease == null || (choice < 3 && held.size() < MOST)) {
            giveBack(lease);
            return grant(random.nextLong() >>> 1 | 1);
        }
        return switch (choice) {
            case 3, 4 -> revoke(lease);
            case 5 -> forget(lease);
            case 6 -> renew(lease);
            default -> put(lease);
        };
    }

    private void giveBack(Long lease) {
        if (lease != null) {
            held.addLast(lease);
        }
    }

    private CompletableFuture<?> grant(long lease) {
        return client.call("grant", store -> store.grant(lease, TTL)).whenComplete((ttl, failure) -> {
            if (failure == null) {
                held.addLast(lease);
            } else {
                forgotten.add(lease);
            }
        });
    }

    private CompletableFuture<?> put(long lease) {
        held.addLast(lease);
        String key = Names.LEASED + Keys.leaseSegment(lease) + "/" + names.next();
        return client.txn("leased put", Txn.always(Op.put(key, Names.value(1), lease)))
                .whenComplete((result, failure) -> {
                    if (failure == null && revoked.contains(lease)) {
                        findings.broken("a key was put on the lease %s after its revoke had been acknowledged", key);
                    }
                });
    }

    private CompletableFuture<?> renew(long lease) {
        return client.call("renew", store -> store.renewOnce(lease, Client.REQUEST_TIMEOUT))
                .whenComplete((ttl, failure) -> {
                    boolean gone = failure != null
                            && Blocking.cause(failure) instanceof CoordinationException e
                            && e.code() == ErrorCode.NOT_FOUND;
                    if (gone) {
                        revoked.add(lease);
                    } else {
                        held.addLast(lease);
                    }
                });
    }

    private CompletableFuture<?> revoke(long lease) {
        return client.call("revoke", store -> store.revoke(lease)).whenComplete((done, failure) -> {
            if (failure == null) {
                revoked.add(lease);
            } else {
                forgotten.add(lease);
            }
        });
    }

    private CompletableFuture<?> forget(long lease) {
        forgotten.add(lease);
        return CompletableFuture.completedFuture(null);
    }

    /** Lets all that is held run out. */
    void forgetAll() {
        forgotten.addAll(held);
        held.clear();
    }

    /** Checks that no key hangs on a lease that is known to be gone, given all keys. */
    void checkRevoked(Map<String, KeyValue> end) {
        end.values().stream()
                .filter(entry -> revoked.contains(entry.lease()))
                .forEach(entry -> findings.broken("%s is still there, but its lease is revoked", entry.key()));
    }
}
