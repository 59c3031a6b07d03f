package io.coordination.lock.internal;

import io.coordination.Watch;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockListener;
import io.coordination.store.Environment;
import io.coordination.store.ListenerCalls;
import io.coordination.store.ListenerQueue;
import io.coordination.store.SerialExecutor;
import io.coordination.store.session.SessionListener;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a listener hears about one hold: the grant first, whatever else came before it was certain, and nothing after the
 * end. Thread-safe.
 */
final class HoldEvents implements SessionListener {

    private final ListenerQueue<List<LockEvent>> told;

    // Confined to this executor.
    private final SerialExecutor serial = SerialExecutor.direct();
    private final List<LockEvent> early = new ArrayList<>();
    private @Nullable Watch following;
    private boolean begun;
    private boolean ended;

    HoldEvents(Environment env, LockListener listener, LockHandle handle) {
        this.told = new ListenerQueue<>(ListenerCalls.of(env), new LockEvent.Target(listener, handle), () -> {});
    }

    /**
     * The lock was granted, and nobody can take that back. The new owner may have released it already on another thread.
     * Confined to the serial executor of the lock, as those who follow leases are.
     *
     * @param leases of the key that the hold depends on
     */
    void acquired(KeyLeases leases) {
        Watch followed = leases.follow(this); // here: the task may run on the thread of the new owner
        serial.execute(() -> {
            begun = true;
            following = followed;
            deliver(LockEvent.ACQUIRED);
            early.forEach(this::deliver);
            early.clear();
        });
    }

    void happened(LockEvent event) {
        serial.execute(() -> {
            if (begun) {
                deliver(event);
            } else {
                early.add(event);
            }
        });
    }

    private void deliver(LockEvent event) {
        if (ended) {
            return;
        }
        told.deliver(List.of(event));
        if (event.kind() == LockEvent.Kind.END) {
            ended = true;
            if (following != null) {
                following.close();
                following = null;
            }
        }
    }

    @Override
    public void renewed() {
        happened(LockEvent.RENEWED);
    }

    @Override
    public void suspected() {
        happened(LockEvent.SUSPECT);
    }
}
