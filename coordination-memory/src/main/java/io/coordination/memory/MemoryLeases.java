package io.coordination.memory;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.KeyValue;
import io.coordination.store.WatchEvent;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a database, their deadlines and their keys. Guarded by the lock of the database. Times are nanoseconds of
 * {@link DatabaseClock}.
 */
final class MemoryLeases {

    /** What etcd grants at least with its default election timeout. */
    static final long MIN_TTL_SECONDS = 2;

    /** What etcd grants at most. */
    static final long MAX_TTL_SECONDS = 9_000_000_000L;

    private final Map<Long, Lease> byId = new HashMap<>();

    /** In the order in which they expire; the id decides between equals, so that runs can be repeated. */
    private final TreeSet<Lease> byDeadline = new TreeSet<>(
            Comparator.<Lease>comparingLong(lease -> lease.deadline).thenComparingLong(lease -> lease.id));

    Duration grant(long id, Duration ttl, long now) {
        requireValid(id, ttl);
        if (byId.containsKey(id)) {
            throw CoordinationException.of(
                    ErrorCode.CONFLICT, "lease " + hex(id) + " exists already; choose a new id for every lease");
        }
        long seconds = ttl.plusNanos(999_999_999).toSeconds(); // rounded up
        Lease lease = new Lease(id, Duration.ofSeconds(Math.max(MIN_TTL_SECONDS, seconds)));
        byId.put(id, lease);
        prolong(lease, now);
        return lease.ttl;
    }

    Duration renew(long id, long now) {
        Lease lease = require(id);
        byDeadline.remove(lease);
        prolong(lease, now);
        return lease.ttl;
    }

    boolean exists(long id) {
        return byId.containsKey(id);
    }

    /** The keys of a lease in key order. */
    List<String> keys(long id) {
        return List.copyOf(require(id).keys);
    }

    /** Forgets a lease and answers the keys that go with it, in key order; none when it is gone already. */
    List<String> end(long id) {
        Lease lease = byId.remove(id);
        if (lease == null) {
            return List.of();
        }
        byDeadline.remove(lease);
        return List.copyOf(lease.keys);
    }

    /** The next lease that expires. */
    Optional<Lease> next() {
        return byDeadline.isEmpty() ? Optional.empty() : Optional.of(byDeadline.first());
    }

    /** Moves the keys of a revision between leases. */
    void follow(Revision before, Revision after) {
        for (WatchEvent event : after.events()) {
            long old = leaseOf(before.state().get(event.key()));
            long now = leaseOf(after.state().get(event.key()));
            if (old != now) {
                detach(old, event.key());
                attach(now, event.key());
            }
        }
    }

    private void attach(long id, String key) {
        Lease lease = byId.get(id);
        if (lease != null) {
            lease.keys.add(key);
        }
    }

    private void detach(long id, String key) {
        Lease lease = byId.get(id);
        if (lease != null) {
            lease.keys.remove(key);
        }
    }

    private static long leaseOf(@Nullable KeyValue entry) {
        return entry == null ? 0 : entry.lease();
    }

    private void prolong(Lease lease, long now) {
        lease.deadline = now + lease.ttl.toNanos();
        byDeadline.add(lease);
    }

    private Lease require(long id) {
        Lease lease = byId.get(id);
        if (lease == null) {
            throw notFound(id);
        }
        return lease;
    }

    private static void requireValid(long id, Duration ttl) {
        if (id <= 0) {
            throw CoordinationException.of(
                    ErrorCode.VALIDATION_ERROR, "lease id " + id + " is not positive; choose a positive one");
        }
        if (ttl.toSeconds() > MAX_TTL_SECONDS) {
            throw CoordinationException.of(
                    ErrorCode.VALIDATION_ERROR,
                    "ttl " + ttl + " of a lease is too long; at most " + MAX_TTL_SECONDS + " seconds are allowed");
        }
    }

    static CoordinationException notFound(long id) {
        return CoordinationException.of(
                ErrorCode.NOT_FOUND, "lease " + hex(id) + " does not exist; it expired, was revoked or never was");
    }

    private static String hex(long id) {
        return String.format("%016x", id);
    }

    /** One lease. Its deadline changes only while it is out of the order. */
    static final class Lease {

        private final long id;
        private final Duration ttl;
        private final TreeSet<String> keys = new TreeSet<>();
        private long deadline;

        private Lease(long id, Duration ttl) {
            this.id = id;
            this.ttl = ttl;
        }

        long id() {
            return id;
        }

        long deadline() {
            return deadline;
        }
    }
}
