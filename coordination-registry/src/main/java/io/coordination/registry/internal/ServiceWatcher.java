package io.coordination.registry.internal;

import io.coordination.registry.ServiceEvent;
import io.coordination.store.ListenerTarget;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A listener of one service: it hears each event, or a snapshot when it is too slow for that.
 *
 * @param service the name of the service
 * @param listener the user's listener
 */
record ServiceWatcher(String service, Consumer<ServiceEvent> listener) implements ListenerTarget<Notice> {

    @Override
    public String subject() {
        return "service " + service;
    }

    @Override
    public Class<?> listenerClass() {
        return listener.getClass();
    }

    @Override
    public void tell(Notice notice) {
        if (notice instanceof Notice.One one) {
            listener.accept(one.event());
        } else if (notice instanceof Notice.Whole whole) {
            Instances all = whole.after();
            listener.accept(new ServiceEvent.Snapshot(service, all.list(), all.revision(), whole.at()));
        }
    }

    @Override
    public Notice merge(Notice earlier, Notice later) {
        return new Notice.Whole(later.after(), at(later));
    }

    private static Instant at(Notice notice) {
        if (notice instanceof Notice.One one) {
            return one.event().receivedAt();
        }
        return ((Notice.Whole) notice).at();
    }
}
