package io.coordination.tests.lockchaos;

import io.coordination.CoordinationException;
import io.coordination.lock.LockHandle;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.Txn.Relation;
import io.coordination.store.Txn.Target;
import io.coordination.store.TxnResult;
import io.coordination.tests.lockchaos.Increment.Outcome;
import io.coordination.tests.lockchaos.Journal.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/**
 * For each lock a counter in the store that is raised by reading it and writing it back, which is exact only when nobody
 * does so at the same time. The write is one transaction guarded by the key of the lock, and by the counter's last token:
 * two holds of one process share a key. Each write leaves a key of its own, so that the store knows the order of all.
 * Thread-safe.
 */
final class GuardedCounter {

    private static final String FOLDER = "/chaos-counters/";
    private static final String COUNTERS = FOLDER + "counter/";
    private static final String WRITES = FOLDER + "write/";
    /** A token is the create revision of the lock's key, and the hold in the last bits. */
    private static final int HOLD_BITS = 16;

    private final Store store;
    private final Keys keys;
    private final Journal journal;

    GuardedCounter(Store store, Keys keys, Journal journal) {
        this.store = store;
        this.keys = keys;
        this.journal = journal;
    }

    /** Adds one, held or not: it is up to the guard to refuse. */
    void increment(LockHandle held) throws InterruptedException {
        String lock = held.key();
        long token = held.fencingToken();
        Optional<KeyValue> own;
        Value last;
        try {
            own = ownKey(lock, token >>> HOLD_BITS);
            last = Value.of(get(store.range(RangeQuery.key(COUNTERS + lock))).first());
        } catch (CoordinationException e) {
            return; // nothing was tried
        }
        if (own.isEmpty()) {
            return; // lost, and known to be
        }
        long count = last.count() + 1;
        journal.write(Entry.of(Entry.What.WRITING, lock, token, count));
        journal.write(Entry.of(Entry.What.WROTE, lock, token, write(own.get(), lock, last, new Value(token, count))));
    }

    private Optional<KeyValue> ownKey(String lock, long createRevision) throws InterruptedException {
        return get(store.range(RangeQuery.prefix(keys.lockPrefix(lock)))).entries().stream()
                .filter(entry -> entry.createRevision() == createRevision)
                .findFirst();
    }

    private Outcome write(KeyValue own, String lock, Value last, Value next) throws InterruptedException {
        String counter = COUNTERS + lock;
        Compare newer = last.token() == 0
                ? Compare.absent(counter)
                : new Compare(KeyRange.key(counter), Target.VALUE, Relation.LESS, 0, Bytes.utf8(next.tokenText()));
        Txn txn = Txn.when(Compare.createdAt(own.key(), own.createRevision()), newer)
                .then(Op.put(counter, next.bytes(), 0), Op.put(WRITES + lock + '/' + next.tokenText(), next.bytes(), 0))
                .orElse(Op.get(own.key()), Op.get(counter));
        try {
            TxnResult result = get(store.txn(txn));
            if (!result.succeeded()) {
                checkRefusal(own, next, result);
            }
            return result.succeeded() ? Outcome.ACKNOWLEDGED : Outcome.REFUSED;
        } catch (CoordinationException e) {
            return Outcome.UNKNOWN;
        }
    }

    /** While a holder's key stands nobody with a later token may have written. */
    private void checkRefusal(KeyValue own, Value next, TxnResult result) {
        boolean stands = result.range(0)
                .first()
                .filter(entry -> entry.createRevision() == own.createRevision())
                .isPresent();
        Value stored = Value.of(result.range(1).first());
        if (stands && stored.token() >= next.token()) {
            journal.write(Entry.of(
                    Entry.What.BROKEN,
                    "the key of token " + next.token() + " stands, but token " + stored.token() + " has written"));
        }
    }

    private static <T> T get(CompletableFuture<T> call) throws InterruptedException {
        try {
            return call.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CoordinationException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        }
    }

    /** What all counters are. */
    static Map<String, Long> counters(Store store) {
        return store.range(RangeQuery.prefix(COUNTERS)).join().entries().stream()
                .collect(Collectors.toMap(
                        entry -> entry.key().substring(COUNTERS.length()),
                        entry -> Value.parse(entry.value()).count()));
    }

    /** All writes there were. */
    static List<StoredWrite> writes(Store store) {
        return store.range(RangeQuery.prefix(WRITES)).join().entries().stream()
                .map(GuardedCounter::write)
                .toList();
    }

    private static StoredWrite write(KeyValue entry) {
        String lock = entry.key().substring(WRITES.length(), entry.key().lastIndexOf('/'));
        Value value = Value.parse(entry.value());
        return new StoredWrite(lock, value.token(), value.count(), entry.createRevision());
    }

    /** A counter and the token of whom it is from: in order of tokens, also as text. */
    private record Value(long token, long count) {

        static Value of(Optional<KeyValue> entry) {
            return entry.map(found -> parse(found.value())).orElse(new Value(0, 0));
        }

        static Value parse(Bytes bytes) {
            String[] parts = bytes.utf8().split(" ", -1);
            return new Value(Long.parseLong(parts[0], 16), Long.parseLong(parts[1]));
        }

        String tokenText() {
            return String.format("%016x", token);
        }

        Bytes bytes() {
            return Bytes.utf8(tokenText() + ' ' + count);
        }
    }
}
