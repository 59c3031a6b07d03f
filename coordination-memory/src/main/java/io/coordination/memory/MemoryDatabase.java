package io.coordination.memory;

import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchListener;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The data that any number of connections share.
 *
 * <p>Every change is made under one lock and becomes one revision; what it means for the watches is queued there, too, so
 * the order of revisions is the order of telling. Listeners are told and wake-ups are scheduled after the lock was let go.
 */
final class MemoryDatabase {

    private static final AtomicLong CLUSTERS = new AtomicLong();

    private final long clusterId = CLUSTERS.incrementAndGet();
    private final ReentrantLock lock = new ReentrantLock(); // guards history, leases, watches and clock
    private final History history = new History();
    private final MemoryLeases leases = new MemoryLeases();
    private final Set<MemoryWatch> watches = new LinkedHashSet<>();
    private final DatabaseClock clock;
    private final Queue<MemoryWatch> untold = new ConcurrentLinkedQueue<>();

    MemoryDatabase(TimeSource time) {
        clock = new DatabaseClock(time);
    }

    /** Opens a connection; as long as there is one, leases expire. */
    void connect(TimeSource time) {
        changed(() -> {
            clock.join(time);
            return time;
        });
    }

    void disconnect(TimeSource time) {
        changed(() -> {
            clock.leave(time);
            return time;
        });
    }

    RangeResult range(RangeQuery query) {
        TxnCheck.checkKeys(query.keys());
        RangeRead read = locked(() -> new RangeRead(
                clusterId,
                history.newest().number(),
                history.at(query.revision()).state()));
        return read.answer(query);
    }

    TxnResult txn(Txn txn) {
        TxnCheck.check(txn);
        return changed(() -> {
            TxnEvaluation evaluation = new TxnEvaluation(clusterId, history, leases::exists);
            TxnResult result = evaluation.run(txn);
            commit(evaluation.draft());
            return result;
        });
    }

    Duration grant(long leaseId, Duration ttl) {
        return changed(() -> leases.grant(leaseId, ttl, clock.now()));
    }

    Duration renew(long leaseId) {
        return locked(() -> leases.renew(leaseId, clock.now()));
    }

    void revoke(long leaseId) {
        changed(() -> {
            end(leaseId);
            return leaseId;
        });
    }

    List<String> leaseKeys(long leaseId) {
        return locked(() -> leases.keys(leaseId));
    }

    void compact(long revision) {
        locked(() -> history.compact(revision));
    }

    MemoryWatch watch(KeyRange keys, long fromRevision, WatchListener listener, Consumer<MemoryWatch> onClose) {
        TxnCheck.checkKeys(keys);
        return changed(() -> {
            long newest = history.newest().number();
            long from = fromRevision == 0 ? newest + 1 : fromRevision;
            MemoryWatch watch = new MemoryWatch(keys, from, listener, closed -> {
                locked(() -> watches.remove(closed));
                onClose.accept(closed);
            });
            open(watch, from);
            untold.add(watch);
            return watch;
        });
    }

    private void open(MemoryWatch watch, long from) {
        long newest = history.newest().number();
        long oldest = history.oldest();
        if (from < oldest) {
            watch.queueEnd(told -> told.onHistoryLost(oldest));
            return;
        }
        watch.queue(told -> told.onOpened(newest));
        if (from <= newest) {
            history.since(from).forEach(watch::see);
            watch.queue(told -> told.onProgress(newest));
        }
        watches.add(watch);
    }

    private void wake(DatabaseClock.WakeUp wakeUp) {
        changed(() -> {
            clock.woken(wakeUp);
            Optional<MemoryLeases.Lease> next = leases.next();
            while (next.isPresent() && next.get().deadline() <= clock.now()) {
                end(next.get().id());
                next = leases.next();
            }
            return wakeUp;
        });
    }

    private void end(long leaseId) {
        Draft draft = new Draft(history.newest());
        leases.end(leaseId).forEach(key -> draft.delete(KeyRange.key(key)));
        commit(draft);
    }

    private void commit(Draft draft) {
        if (draft.changesNothing()) {
            return;
        }
        Revision before = history.newest();
        Revision after = draft.finish();
        history.append(after);
        leases.follow(before, after);
        for (MemoryWatch watch : watches) {
            if (watch.see(after)) {
                untold.add(watch);
            }
        }
    }

    /** Runs a change under the lock; after it the listeners are told and the next expiry is scheduled. */
    private <T> T changed(Supplier<T> change) {
        T result;
        Optional<DatabaseClock.WakeUp> wakeUp;
        lock.lock();
        try {
            result = change.get();
            wakeUp = clock.arm(nextDeadline());
        } finally {
            lock.unlock();
        }
        wakeUp.ifPresent(next -> next.source().schedule(next.delay(), () -> wake(next)));
        for (MemoryWatch watch = untold.poll(); watch != null; watch = untold.poll()) {
            watch.tell();
        }
        return result;
    }

    private OptionalLong nextDeadline() {
        return leases.next().map(lease -> OptionalLong.of(lease.deadline())).orElseGet(OptionalLong::empty);
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
