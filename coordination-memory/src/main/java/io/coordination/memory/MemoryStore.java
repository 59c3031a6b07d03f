package io.coordination.memory;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A connection to a database inside this JVM. Thread-safe.
 *
 * <p>Several connections share one database: those opened by one {@linkplain #named name}, and those made by {@link
 * #connect}. Closing one stops its own watches and leaves its leases and keys alone, so a closed connection looks to the
 * others like a process that died. The last close of a name drops the data.
 *
 * <p><b>Threads.</b> Every call is carried out on the caller's thread, and the future it returns is complete. A change tells
 * the watches before it answers, on the thread that made it, without a lock; when another thread is telling a watch, or the
 * change was made inside a listener, that one goes on with it. Leases expire on the thread of the {@link TimeSource}, exactly
 * at their deadline, in the order of their deadlines and then of their ids, each in a revision of its own. So with a clock
 * moved by hand a single-threaded test runs the same way every time.
 *
 * <p><b>Limits</b> are etcd's: leases live at least 2 s, a transaction has at most 128 compares and 128 operations in a
 * branch and 1.5 MiB of keys and values. At least the newest 50,000 revisions can be read and watched from.
 */
public final class MemoryStore implements Store {

    private final MemoryDatabase database;
    private final TimeSource time;
    private final String name; // empty: nobody else can open it
    private final Set<MemoryWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    private MemoryStore(MemoryDatabase database, TimeSource time, String name) {
        this.database = database;
        this.time = time;
        this.name = name;
        database.connect(time);
    }

    /**
     * Opens a connection to a new, empty database that only {@link #connect} can reach.
     *
     * @param time the clock by which its leases expire
     */
    public static MemoryStore create(TimeSource time) {
        return new MemoryStore(new MemoryDatabase(time), time, "");
    }

    /**
     * Opens a connection to the database of a name, which is made when there is none.
     *
     * @param name the name, the same for everybody in this JVM
     * @param time the clock by which its leases expire while this is the oldest open connection
     */
    public static MemoryStore named(String name, TimeSource time) {
        return new MemoryStore(NamedDatabases.retain(name, time), time, name);
    }

    /**
     * Opens another connection to the same database, with the same clock.
     *
     * @throws CoordinationClosedException when this connection was closed
     */
    public MemoryStore connect() {
        if (closed.get()) {
            throw closedException();
        }
        return name.isEmpty() ? new MemoryStore(database, time, name) : named(name, time);
    }

    @Override
    public CompletableFuture<RangeResult> range(RangeQuery query) {
        return answer(() -> database.range(query));
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn) {
        return answer(() -> database.txn(txn));
    }

    @Override
    public CompletableFuture<Duration> grant(long leaseId, Duration ttl) {
        return answer(() -> database.grant(leaseId, ttl));
    }

    @Override
    public CompletableFuture<Duration> renewOnce(long leaseId, Duration timeout) {
        return answer(() -> database.renew(leaseId));
    }

    @Override
    public CompletableFuture<Void> revoke(long leaseId) {
        return carryOut(() -> {
            database.revoke(leaseId);
            return CompletableFuture.allOf();
        });
    }

    @Override
    public CompletableFuture<List<String>> leaseKeys(long leaseId) {
        return answer(() -> database.leaseKeys(leaseId));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The listener hears {@code onOpened} and what happened since {@code fromRevision} before this method returns.
     *
     * @throws CoordinationClosedException when this connection was closed
     */
    @Override
    public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        if (closed.get()) {
            throw closedException();
        }
        MemoryWatch watch = database.watch(keys, fromRevision, listener, watches::remove);
        watches.add(watch);
        if (closed.get()) {
            watch.close();
        }
        if (watch.isClosed()) {
            watches.remove(watch);
        }
        return watch;
    }

    /**
     * Forgets the history before a revision, for all connections. What was compacted already stays so.
     *
     * @param revision the oldest revision that can be read and watched from afterwards
     * @throws CoordinationException {@code VALIDATION_ERROR} when the revision lies in the future
     */
    public void compact(long revision) {
        database.compact(revision);
    }

    /** Closes this connection: its watches stop, its calls fail, its leases live on until they expire. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            watches.forEach(MemoryWatch::close);
            if (!name.isEmpty()) {
                NamedDatabases.release(name);
            }
            database.disconnect(time);
        }
    }

    private <T> CompletableFuture<T> answer(Supplier<T> call) {
        return carryOut(() -> CompletableFuture.completedFuture(call.get()));
    }

    private <T> CompletableFuture<T> carryOut(Supplier<CompletableFuture<T>> call) {
        if (closed.get()) {
            return CompletableFuture.failedFuture(closedException());
        }
        try {
            return call.get();
        } catch (CoordinationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CoordinationClosedException closedException() {
        return new CoordinationClosedException("the memory store was closed; open another one");
    }
}
