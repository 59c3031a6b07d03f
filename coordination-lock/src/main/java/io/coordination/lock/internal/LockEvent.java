package io.coordination.lock.internal;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockListener;
import io.coordination.lock.LockLost;
import io.coordination.lock.admin.RevocationRequest;
import io.coordination.store.ListenerTarget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One thing that a {@link LockListener} is told about a hold. */
record LockEvent(Kind kind, Call call) {

    enum Kind {
        ACQUIRED,
        RENEWED,
        SUSPECT,
        REVOCATION,
        END
    }

    /** How it is told. */
    @FunctionalInterface
    interface Call {
        void tell(LockListener listener, LockHandle handle);
    }

    static final LockEvent ACQUIRED = new LockEvent(Kind.ACQUIRED, LockListener::acquired);
    static final LockEvent RENEWED = new LockEvent(Kind.RENEWED, LockListener::renewed);
    static final LockEvent SUSPECT = new LockEvent(Kind.SUSPECT, LockListener::suspect);
    static final LockEvent RELEASED = new LockEvent(Kind.END, LockListener::released);

    static LockEvent lost(LockLost loss) {
        return new LockEvent(Kind.END, (listener, handle) -> listener.lost(handle, loss));
    }

    static LockEvent revocation(RevocationRequest request) {
        return new LockEvent(Kind.REVOCATION, (listener, handle) -> listener.revocationRequested(handle, request));
    }

    /** A listener together with the handle that it hears about. */
    record Target(LockListener listener, LockHandle handle) implements ListenerTarget<List<LockEvent>> {

        @Override
        public String subject() {
            return "lock " + handle.key();
        }

        @Override
        public Class<?> listenerClass() {
            return listener.getClass();
        }

        /** Tells all of them, whatever one of the calls throws. */
        @Override
        public void tell(List<LockEvent> events) {
            List<RuntimeException> failures = new ArrayList<>();
            for (LockEvent event : events) {
                try {
                    event.call().tell(listener, handle);
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            }
            if (!failures.isEmpty()) {
                RuntimeException first = failures.remove(0);
                failures.forEach(first::addSuppressed);
                throw first;
            }
        }

        /** The newest of each kind: first and last event are one of a kind. */
        @Override
        public List<LockEvent> merge(List<LockEvent> earlier, List<LockEvent> later) {
            Map<Kind, LockEvent> newest = new LinkedHashMap<>();
            Stream.of(earlier, later).flatMap(List::stream).forEach(event -> {
                newest.remove(event.kind());
                newest.put(event.kind(), event);
            });
            return List.copyOf(newest.values());
        }
    }
}
