package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A counter that several writers raise, each operation leaving its id. A writer believes what a failure says: only where the
 * outcome is unknown it looks for the id, at the same revision as the counter, whose mod revision is the guard, so that a
 * late copy of the request can never be applied beside its successor. Were a failure that claims that nothing was applied
 * wrong, or a transaction for once applied twice, the counter would be ahead of the ids.
 */
final class GuardedCounter {

    private final Store reader;
    private final Store writer;
    private final String counter;
    private final String operations;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unknown = new AtomicInteger();

    /**
     * A counter with two ways to it, so that a fault may strike what raises it and nothing else.
     *
     * @param reader looks at it
     * @param writer raises it
     */
    GuardedCounter(Store reader, Store writer, String prefix) {
        this.reader = reader;
        this.writer = writer;
        this.counter = prefix + "counter";
        this.operations = prefix + "operations/";
    }

    /** How many transactions ended without anybody knowing whether they were applied. */
    int unknownOutcomes() {
        return unknown.get();
    }

    /** The operations that were applied, while the writers that sent them have no answer yet. */
    Set<String> appliedAndUnheard() {
        Set<String> sent = Set.copyOf(underWay);
        return StoreOnEtcd.get(reader.range(RangeQuery.prefix(operations))).entries().stream()
                .map(entry -> entry.key().substring(operations.length()))
                .filter(sent::contains)
                .filter(underWay::contains)
                .collect(Collectors.toSet());
    }

    /** Raises the counter by one, once, however often that takes. */
    void raise(String operation) {
        boolean doubtful = false;
        while (true) {
            try {
                TxnResult seen = read(operation);
                boolean done = doubtful && seen.range(1).first().isPresent();
                if (done || raiseFrom(seen.range(0).first(), operation)) {
                    return;
                }
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof CoordinationException failure)) {
                    throw e;
                }
                if (failure.outcomeUnknown()) {
                    doubtful = true;
                    unknown.incrementAndGet();
                }
            }
        }
    }

    private boolean raiseFrom(Optional<KeyValue> now, String operation) {
        long revision = now.map(KeyValue::modRevision).orElse(0L);
        long value = now.map(entry -> Long.parseLong(entry.value().utf8())).orElse(0L);
        Txn raising = Txn.when(Compare.modifiedAt(counter, revision))
                .then(Op.put(counter, Bytes.utf8("" + (value + 1)), 0), Op.put(operations + operation, Bytes.EMPTY, 0))
                .delivered(Delivery.ONCE);
        underWay.add(operation);
        try {
            return StoreOnEtcd.get(writer.txn(raising)).succeeded();
        } finally {
            underWay.remove(operation);
        }
    }

    private TxnResult read(String operation) {
        return StoreOnEtcd.get(reader.txn(
                Txn.always(Op.get(counter), Op.get(operations + operation)).delivered(Delivery.REPEATABLE)));
    }

    long value() {
        return Long.parseLong(StoreOnEtcd.get(reader.range(RangeQuery.key(counter)))
                .first()
                .orElseThrow()
                .value()
                .utf8());
    }

    long operations() {
        return StoreOnEtcd.get(reader.range(RangeQuery.prefix(operations).withCountOnly()))
                .count();
    }
}
