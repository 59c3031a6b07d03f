package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.lock.internal.queue.QueueMachine;
import io.coordination.store.SerialExecutor;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One watch of a lock's queue, opened "from now", because a watch that is opened at a past revision is served late. It tells
 * the machine what it hears, in the serial executor of the lock, until it is closed.
 */
final class QueueWatch implements WatchListener {

    private final QueueKeys keys;
    private final SerialExecutor serial;
    private final QueueMachine machine;
    private @Nullable Watch watch;
    private boolean closed;

    private QueueWatch(QueueContext context, QueueMachine machine) {
        this.keys = context.keys();
        this.serial = context.serial();
        this.machine = machine;
    }

    static QueueWatch open(QueueContext context, QueueMachine machine) {
        QueueWatch opened = new QueueWatch(context, machine);
        opened.watch = context.env().store().watch(context.keys().range(), 0, opened);
        return opened;
    }

    /** Nothing more is heard of it. */
    void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }

    private void tell(Runnable news) {
        serial.execute(() -> {
            if (!closed) {
                news.run();
            }
        });
    }

    @Override
    public void onOpened(long revision) {
        tell(() -> machine.watchLive(revision));
    }

    @Override
    public void onRevision(long revision, List<WatchEvent> events) {
        tell(() -> machine.watchChanged(revision, keys.changes(events)));
    }

    @Override
    public void onProgress(long revision) {
        tell(machine::watchHeard);
    }

    @Override
    public void onInterrupted(CoordinationException cause) {
        tell(machine::watchInterrupted);
    }

    @Override
    public void onHistoryLost(long firstRevision) {
        tell(machine::watchGap);
    }
}
