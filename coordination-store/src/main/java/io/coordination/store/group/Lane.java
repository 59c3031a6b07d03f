package io.coordination.store.group;

import io.coordination.CoordinationClosedException;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Store;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Transactions of one urgency, oldest first: sent at once while few batches are under way, collected otherwise.
 * Thread-safe.
 *
 * <p>A transaction never passes an older one that it conflicts with, and the oldest is in the next batch, whatever it
 * conflicts with: nobody waits for ever.
 */
final class Lane {

    static final int BATCHES = 2;

    /** How many of those that wait are looked at for a batch; keeps the cost down when all conflict with each other. */
    private static final int LOOKED_AT = 512;

    private final Store store;

    // Confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final Set<Member> waiting = new LinkedHashSet<>();
    private int underWay;
    private boolean closed;

    Lane(Store store) {
        this.store = store;
    }

    void submit(Member member) {
        serial.execute(() -> {
            if (closed) {
                member.failed(closedFailure());
                return;
            }
            waiting.add(member);
            member.answer().whenComplete((result, failure) -> serial.execute(() -> waiting.remove(member)));
            pump();
        });
    }

    /** Those that were not sent fail; those that were get their answers. */
    void close() {
        serial.execute(() -> {
            closed = true;
            Set<Member> unsent = new LinkedHashSet<>(waiting);
            waiting.clear();
            unsent.forEach(member -> member.failed(closedFailure()));
        });
    }

    static CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the group commit was closed before the transaction was sent");
    }

    private void pump() {
        while (underWay < BATCHES) {
            Batch batch = next();
            if (batch.isEmpty()) {
                return;
            }
            underWay++;
            batch.send(store).thenAccept(settlement -> {
                serial.execute(() -> {
                    underWay--;
                    pump();
                });
                settlement.run();
            });
        }
    }

    private Batch next() {
        Batch batch = new Batch();
        Footprint passedOver = new Footprint();
        Iterator<Member> oldestFirst = waiting.iterator();
        for (int i = 0; i < LOOKED_AT && oldestFirst.hasNext() && !batch.isFull(); i++) {
            Member member = oldestFirst.next();
            if (member.isGivenUp()) {
                oldestFirst.remove();
            } else if (batch.accepts(member) && !passedOver.conflictsWith(member.footprint())) {
                oldestFirst.remove();
                batch.add(member);
            } else {
                passedOver.add(member.footprint());
            }
        }
        return batch;
    }
}
