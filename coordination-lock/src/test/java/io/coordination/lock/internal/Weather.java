package io.coordination.lock.internal;

import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.OnCall;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What goes wrong between processes and store, at random: calls, watches, connections, and an operator's hand. */
final class Weather {

    private static final List<Predicate<Txn>> KINDS = List.of(
            Sent::enqueue,
            Sent::attempt,
            Sent::release,
            Sent::requeue,
            Sent::rebind,
            Sent::rewrite,
            Sent::close,
            txn -> true);

    private final Cluster cluster;
    private final List<Node> nodes;
    private final Random random;
    private final Consumer<String> trace;
    private final List<FaultRule> rules = new ArrayList<>();
    private final List<HeldCalls> held = new ArrayList<>();

    Weather(Cluster cluster, List<Node> nodes, Random random, Consumer<String> trace) {
        this.cluster = cluster;
        this.nodes = nodes;
        this.random = random;
        this.trace = trace;
    }

    /** Something gets worse or better. */
    void change() {
        int number = random.nextInt(nodes.size());
        Node node = nodes.get(number);
        int dice = random.nextInt(20);
        if (dice < 9) {
            int kind = random.nextInt(KINDS.size());
            faultyTxn(node, KINDS.get(kind), "txn " + kind + "@" + number);
        } else if (dice < 10) {
            fault(node.store.onNext(StoreCall.Grant.class), "grant@" + number);
        } else if (dice < 11) {
            fault(node.store.onNext(StoreCall.Range.class), "range@" + number);
        } else if (dice < 12) {
            trace.accept("renewals lost@" + number);
            rules.add(node.store.onEvery(StoreCall.Renewal.class).loseRequest());
        } else if (dice < 16) {
            letGo();
        } else if (dice < 19) {
            changeWatches(node, number);
        } else {
            changeConnection(node, number);
        }
    }

    private void faultyTxn(Node node, Predicate<Txn> kind, String what) {
        if (random.nextInt(6) == 0) {
            trace.accept("twice " + what);
            // A store sends nothing twice that asks to be sent once.
            held.add(node.store
                    .onNextTxn(kind.and(txn -> txn.delivery() != Delivery.ONCE))
                    .duplicate());
        } else {
            fault(node.store.onNextTxn(kind), what);
        }
    }

    private void fault(OnCall calls, String what) {
        int dice = random.nextInt(5);
        trace.accept("fault " + dice + " " + what);
        switch (dice) {
            case 0 -> rules.add(calls.loseAnswer());
            case 1 -> rules.add(calls.loseRequest());
            case 2, 3 -> held.add(calls.hold());
            default -> held.add(calls.holdAnswer());
        }
    }

    private void letGo() {
        if (!held.isEmpty()) {
            HeldCalls calls = held.get(random.nextInt(held.size()));
            int dice = random.nextInt(3);
            trace.accept("let go " + dice + " of " + calls.count());
            if (dice == 0) {
                calls.timeOut();
            } else {
                calls.release();
            }
        }
        if (!rules.isEmpty() && random.nextInt(3) == 0) {
            rules.remove(random.nextInt(rules.size())).end();
        }
    }

    private void changeWatches(Node node, int number) {
        int dice = random.nextInt(8);
        trace.accept("watches " + dice + "@" + number);
        switch (dice) {
            case 0 -> node.store.watches().cut();
            case 1 -> node.store.watches().hold();
            case 2 -> node.store.watches().release();
            case 3 -> node.store.watches().delay(Duration.ofMillis(random.nextInt(300)));
            case 4 -> node.store.watches().loseHistory(cluster.revision());
            case 5 -> cluster.compact();
            default -> node.store.watches().resume();
        }
    }

    private void changeConnection(Node node, int number) {
        if (random.nextBoolean()) {
            trace.accept("disconnect@" + number);
            node.store.disconnect();
        } else {
            trace.accept("reconnect@" + number);
            node.store.reconnect();
        }
    }

    /** An operator deletes a key, a session, or a lease. */
    void deleteByHand() {
        List<KeyValue> all = cluster.memory
                .range(RangeQuery.of(KeyRange.prefix(cluster.keys.namespacePrefix())))
                .join()
                .entries();
        if (!all.isEmpty()) {
            KeyValue victim = all.get(random.nextInt(all.size()));
            if (random.nextInt(4) == 0) {
                trace.accept("revoke lease of " + victim.key());
                cluster.memory.revoke(victim.lease()).join();
            } else {
                trace.accept("delete " + victim.key());
                cluster.delete(victim.key());
            }
        }
    }

    /** All is well again. */
    void clear() {
        rules.forEach(FaultRule::end);
        rules.clear();
        for (Node node : nodes) {
            node.store.watches().delay(Duration.ZERO);
            node.store.watches().release();
            node.store.reconnect();
        }
    }

    /** Time passes, and nothing is held for longer than a moment: rules that have not had their call may still get it. */
    void pass(Duration duration) {
        Duration step = Duration.ofMillis(100);
        for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minus(step)) {
            held.forEach(HeldCalls::release);
            cluster.time.advance(step);
        }
    }
}
