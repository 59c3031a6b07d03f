package io.coordination.store.group;

import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Lets transactions that nobody waits for travel with the next one: a thread that releases one lock and acquires another asks
 * the server once instead of twice. Thread-safe; nothing blocks.
 *
 * <p>A {@link Delivery#DEFERRABLE} transaction is held for a millisecond at most. All others are sent at once, and
 * take along what is held then. What conflicts with a transaction is sent before it, by itself.
 *
 * <p>Answers and failures are those of {@link GroupCommit}, and who travels along does not depend on the other: it is sent once
 * more by itself when something else has made the batch fail, be it a lease that is gone or a circuit breaker, and also when
 * there is no answer within 100 ms, because the other may have to wait for its turn or for a member that hangs. Being
 * repeatable, it can bear to be applied first by the one and then by the other.
 */
public final class DeferredCommit implements TxnGrouping {

    private static final Duration PATIENCE = Duration.ofMillis(1);
    private static final Duration LONGEST_JOURNEY = Duration.ofMillis(100);

    private final Store store;
    private final TimeSource time;
    private final Queue<Member> held = new ConcurrentLinkedQueue<>();
    private final Queue<Passenger> passengers =
            new ConcurrentLinkedQueue<>(); // taken out by ticks only, which never overlap
    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile boolean used; // since the last tick
    private volatile boolean hurried;

    /** Who travels along with something that may be held back. */
    private record Passenger(Member member, long patientUntil) {}

    /**
     * Over a store, which it does not close.
     *
     * @param store carries the transactions out
     */
    public DeferredCommit(Store store, TimeSource time) {
        this.store = store;
        this.time = time;
    }

    @Override
    public CompletableFuture<TxnResult> txn(Txn txn, Supplier<List<KeyRange>> domain) {
        boolean deferrable = txn.delivery() == Delivery.DEFERRABLE;
        if (!deferrable && held.isEmpty()) {
            return store.txn(txn);
        }
        Member member = new Member(txn, domain.get());
        if (deferrable && member.mayShare()) {
            hold(member);
        } else {
            sendWithHeld(member);
        }
        return member.answer();
    }

    private void hold(Member member) {
        held.add(member);
        if (hurried) {
            sendHeld();
        } else {
            keepTicking();
        }
    }

    private void keepTicking() {
        used = true;
        if (ticking.compareAndSet(false, true)) {
            time.schedule(PATIENCE, this::tick);
        }
    }

    /** A timer for each transaction would cost more than is saved: one goes on while there is anything to do for it. */
    private void tick() {
        boolean goesOn = used;
        used = false;
        sendHeld();
        sendOverdue();
        if (goesOn || !passengers.isEmpty()) {
            time.schedule(PATIENCE, this::tick);
            return;
        }
        ticking.set(false);
        // Somebody may have come when this was decided already.
        if (used) {
            keepTicking();
        }
    }

    private void sendOverdue() {
        Passenger first = passengers.peek();
        while (first != null && (first.member().isGivenUp() || time.nanoTime() - first.patientUntil() >= 0)) {
            passengers.remove();
            first.member().sendAlone(store);
            first = passengers.peek();
        }
    }

    private void sendWithHeld(Member member) {
        boolean sharing = member.mayShare();
        Batch batch = new Batch();
        batch.add(member);
        for (Member next = held.poll(); next != null; next = held.poll()) {
            if (sharing && batch.accepts(next)) {
                batch.add(next);
                if (!member.isUrgent()) {
                    passengers.add(new Passenger(next, time.nanoTime() + LONGEST_JOURNEY.toNanos()));
                    keepTicking();
                }
            } else {
                next.sendAlone(store);
            }
        }
        batch.send(store).thenAccept(Runnable::run);
    }

    private void sendHeld() {
        Member first = held.poll();
        if (first != null) {
            sendWithHeld(first);
        }
    }

    @Override
    public void hurry() {
        hurried = true;
        sendHeld();
    }

    /** What is held is sent. */
    @Override
    public void close() {
        hurry();
    }
}
