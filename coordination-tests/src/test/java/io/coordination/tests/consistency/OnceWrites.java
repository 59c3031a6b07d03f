package io.coordination.tests.consistency;

import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Transactions for {@code Delivery.ONCE} that leave a second key when they are applied a second time. */
final class OnceWrites implements Strand {

    private final Client client;
    private final Names names;
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    OnceWrites(Client client, Names names) {
        this.client = client;
        this.names = names;
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        String name = Long.toString(names.next());
        String once = Names.ONCE + name;
        Txn txn = Txn.when(Compare.absent(once))
                .then(Op.put(once, Names.value(1), 0))
                .orElse(Op.put(Names.TWICE + name, Names.value(2), 0));
        return client.txn("once", txn).whenComplete((result, failure) -> outcomes.put(once, outcome(failure)));
    }

    private static Outcome outcome(Throwable failure) {
        if (failure == null) {
            return Outcome.APPLIED;
        }
        return Calls.surelyNotApplied(failure) ? Outcome.FAILED : Outcome.UNKNOWN;
    }

    /** Checks what the answers promised, given all keys at the end. */
    void check(Map<String, KeyValue> end, Findings findings) {
        outcomes.forEach((once, outcome) -> {
            boolean there = end.containsKey(once);
            if (outcome == Outcome.APPLIED && !there) {
                findings.broken("%s was acknowledged and is not there", once);
            }
            if (outcome == Outcome.FAILED && there) {
                findings.broken("%s was said to have surely failed and is there", once);
            }
        });
        end.keySet().stream()
                .filter(key -> key.startsWith(Names.TWICE) && !key.endsWith(Names.MARKER))
                .forEach(key -> findings.broken("%s: a transaction for one delivery was applied twice", key));
    }

    private enum Outcome {
        APPLIED,
        FAILED,
        UNKNOWN
    }
}
