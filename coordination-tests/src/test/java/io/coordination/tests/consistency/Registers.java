package io.coordination.tests.consistency;

import io.coordination.store.Delivery;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Reads, writes, compares-and-sets and deletes single keys and keeps the history. Every value is written by one operation
 * only, so that a guard on the mod revision is a guard on the value.
 */
final class Registers implements Strand {

    private static final int REMEMBERED = 4;

    private final Client client;
    private final Histories histories;
    private final Names names;
    private final Map<String, Seen> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
            return size() > REMEMBERED;
        }
    };

    Registers(Client client, Histories histories, Names names) {
        this.client = client;
        this.histories = histories;
        this.names = names;
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        String key = histories.register(random.nextInt(2));
        Seen seen = known.getOrDefault(key, Seen.NOTHING);
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> read(key);
            case 4, 5 -> write(key);
            case 6, 7 -> swap(key, seen, names.next(), Delivery.ONCE);
            // Repeated after a delete, the guard "absent" would hold again.
            case 8 -> swap(key, seen, names.next(), seen.revision == 0 ? Delivery.ONCE : Delivery.REPEATABLE);
            default -> swap(key, seen, Operation.ABSENT, Delivery.ONCE);
        };
    }

    private CompletableFuture<?> read(String key) {
        long invoked = System.nanoTime();
        return client.range("read", RangeQuery.key(key)).thenAccept(result -> {
            long returned = System.nanoTime();
            histories.add(key, Operation.read(remember(key, result.first()), invoked, returned));
        });
    }

    private CompletableFuture<?> write(String key) {
        long value = names.next();
        Txn txn = Txn.always(Op.put(key, Names.value(value), 0));
        long invoked = System.nanoTime();
        return client.txn("write", txn).handle((result, failure) -> {
            long returned = System.nanoTime();
            Operation write = Operation.write(value, invoked, returned);
            if (failure == null) {
                histories.add(key, write);
                known.put(key, new Seen(value, result.revision()));
            } else {
                failed(key, write, failure);
            }
            return null;
        });
    }

    /** Puts a value, or deletes, where nothing has changed since this caller looked. */
    private CompletableFuture<?> swap(String key, Seen seen, long value, Delivery delivery) {
        Op change = value == Operation.ABSENT ? Op.delete(key) : Op.put(key, Names.value(value), 0);
        Txn txn = Txn.when(Compare.modifiedAt(key, seen.revision))
                .then(change)
                .orElse(Op.get(key))
                .delivered(delivery);
        long invoked = System.nanoTime();
        return client.txn("swap " + delivery, txn).handle((result, failure) -> {
            long returned = System.nanoTime();
            Operation swap = Operation.swap(seen.value, value, invoked, returned);
            if (failure != null) {
                failed(key, swap, failure);
            } else if (result.succeeded()) {
                histories.add(key, swap);
                known.put(key, value == Operation.ABSENT ? Seen.NOTHING : new Seen(value, result.revision()));
            } else {
                refused(key, swap, delivery, result);
            }
            return null;
        });
    }

    /** The guard did not hold, at least not for the copy that was answered. */
    private void refused(String key, Operation swap, Delivery delivery, TxnResult result) {
        long found = remember(key, result.range(0).first());
        if (delivery == Delivery.REPEATABLE && found == swap.value()) {
            histories.add(key, swap);
            return;
        }
        histories.add(key, Operation.read(found, swap.invoked(), swap.returned()));
        if (delivery == Delivery.REPEATABLE) {
            histories.add(key, swap.unanswered());
        } else if (swap.value() != Operation.ABSENT) {
            histories.refused(swap.value());
        }
    }

    private void failed(String key, Operation operation, Throwable failure) {
        if (!Calls.surelyNotApplied(failure)) {
            histories.add(key, operation.unanswered());
        } else if (operation.value() != Operation.ABSENT) {
            histories.refused(operation.value());
        }
    }

    private long remember(String key, Optional<KeyValue> found) {
        found.ifPresent(histories::saw);
        Seen seen = found.map(entry -> new Seen(Names.number(entry.value()), entry.modRevision()))
                .orElse(Seen.NOTHING);
        known.put(key, seen);
        return seen.value;
    }

    /** What this caller last saw of a register. */
    private record Seen(long value, long revision) {
        static final Seen NOTHING = new Seen(Operation.ABSENT, 0);
    }
}
