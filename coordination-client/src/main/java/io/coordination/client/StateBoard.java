package io.coordination.client;

import io.coordination.ConnectionState;
import io.coordination.Watch;
import io.coordination.store.ListenerCalls;
import io.coordination.store.ListenerQueue;
import io.coordination.store.ListenerTarget;
import io.coordination.store.SerialExecutor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;

/** Tells listeners how the state of a coordinator changes: each change once, in order. Thread-safe. */
final class StateBoard {

    private final Supplier<ConnectionState> present;
    private final ListenerCalls callbacks;
    private final Logger log;
    private final List<ListenerQueue<ConnectionState>> listeners = new CopyOnWriteArrayList<>();
    private final SerialExecutor serial = SerialExecutor.direct();
    private ConnectionState told; // confined to the serial executor

    StateBoard(Supplier<ConnectionState> present, ListenerCalls callbacks, Logger log) {
        this.present = present;
        this.callbacks = callbacks;
        this.log = log;
        this.told = present.get();
    }

    Watch listen(Consumer<ConnectionState> listener) {
        ListenerQueue<ConnectionState> queue = new ListenerQueue<>(callbacks, new Target(listener), this::prune);
        listeners.add(queue);
        return queue;
    }

    private void prune() {
        listeners.removeIf(Watch::isClosed);
    }

    /** The state may have changed. */
    void refresh() {
        serial.execute(() -> {
            ConnectionState now = present.get();
            if (now != told) {
                log.atInfo().addKeyValue("from", told).addKeyValue("to", now).log("Connection state changed");
                told = now;
                listeners.forEach(listener -> listener.deliver(now));
            }
        });
    }

    /** A listener that is too slow hears the newest state. */
    private record Target(Consumer<ConnectionState> listener) implements ListenerTarget<ConnectionState> {

        @Override
        public String subject() {
            return "connection state";
        }

        @Override
        public Class<?> listenerClass() {
            return listener.getClass();
        }

        @Override
        public void tell(ConnectionState state) {
            listener.accept(state);
        }

        @Override
        public ConnectionState merge(ConnectionState earlier, ConnectionState later) {
            return later;
        }
    }
}
