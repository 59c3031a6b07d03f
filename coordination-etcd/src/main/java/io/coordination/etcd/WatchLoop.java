package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation.ResyncReason;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.TimeSource.Timer;
import io.coordination.store.WatchListener;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch for as long as its owner wants it: knows its position and delivers what comes, whichever stream it comes on.
 *
 * <p>Everything but {@link #close()} and the calls of the listener happens on the serial executor of the hub. The stream
 * under it is the business of its {@link WatchLane}; a watch that the server refuses on a stream that goes on serving
 * others comes back by itself, after a pause of its own. Lost history ends it.
 */
final class WatchLoop implements Watch {

    private static final Logger log = LoggerFactory.getLogger(WatchLoop.class);

    private enum Phase {
        LIVE,
        /** Ended here, because history was lost. */
        LOST,
        /** Ended by its owner. */
        CLOSED
    }

    private final WatchHub hub;
    private final KeyRange keys;
    private final WatchListener listener;
    private final Handover handover;
    private final WatchPosition position;
    private final WatchBackoff backoff = new WatchBackoff();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.LIVE);
    private final RefusedTokens refusedTokens = new RefusedTokens();
    private @Nullable WatchLane lane;
    private @Nullable Timer pause;
    private @Nullable ErrorCode interruption;

    WatchLoop(WatchHub hub, KeyRange keys, long fromRevision, WatchListener listener) {
        this.hub = hub;
        this.keys = keys;
        this.listener = listener;
        this.handover = hub.handover();
        this.position = new WatchPosition(fromRevision);
    }

    KeyRange keys() {
        return keys;
    }

    WatchPosition position() {
        return position;
    }

    /** The tokens that it was refused with, for as long as it has not been confirmed since. */
    RefusedTokens refusedTokens() {
        return refusedTokens;
    }

    @Override
    public void close() {
        if (phase.getAndSet(Phase.CLOSED) == Phase.LIVE) {
            hub.forget(this);
        }
    }

    @Override
    public boolean isClosed() {
        return phase.get() != Phase.LIVE;
    }

    /** It rides on a lane from here on. */
    void boarded(WatchLane on) {
        lane = on;
    }

    /** Leaves the lane and waits for nothing any more. */
    void leave() {
        leaveLane(true);
        Timer running = pause;
        pause = null;
        if (running != null) {
            running.cancel();
        }
    }

    private void leaveLane(boolean tellServer) {
        WatchLane left = lane;
        lane = null;
        streamGone();
        if (left != null) {
            left.remove(this, tellServer);
        }
    }

    /** The stream under it is gone, or given up: what it has said in part comes again whole. */
    void streamGone() {
        position.interrupted();
    }

    /** The stream broke and is being replaced. */
    void interrupted(CoordinationException cause) {
        streamGone();
        report(cause);
    }

    void response(WatchResponse response, Token token) {
        if (isClosed()) {
            return;
        }
        if (response.getCanceled()) {
            leaveLane(false);
        }
        if (response.getCompactRevision() > 0) {
            historyLost(response.getCompactRevision(), ResyncReason.COMPACTED);
        } else if (response.getCanceled()) {
            refused(response.getCancelReason(), token);
        } else if (position.isForeign(response.getHeader().getClusterId())) {
            historyLost(0, ResyncReason.HISTORY_CHANGED);
        } else {
            accepted(response);
        }
    }

    private void accepted(WatchResponse response) {
        long revision = response.getHeader().getRevision();
        if (response.getCreated()) {
            opened(revision);
        }
        if (WatchWire.isProgress(response)) {
            progressed(revision);
        } else {
            changed(position.advance(response));
        }
    }

    private void progressed(long revision) {
        if (position.progressed(revision)) {
            handover.call(() -> tell(() -> listener.onProgress(revision)));
        }
    }

    private void changed(List<Revision> revisions) {
        for (Revision next : revisions) {
            boolean taken = handover.call(
                    next.events().size(),
                    next.bytes(),
                    () -> tell(() -> listener.onRevision(next.number(), next.events())));
            if (!taken) {
                overrun();
                return;
            }
        }
    }

    private void opened(long revision) {
        position.opened(revision);
        backoff.reset();
        interruption = null;
        hub.heard().opened();
        WatchLane here = lane;
        if (here != null) {
            refusedTokens.stale().ifPresent(stale -> hub.merge(stale, here));
        }
        refusedTokens.clear();
        handover.call(() -> tell(() -> listener.onOpened(revision)));
    }

    private void refused(String reason, Token token) {
        boolean forbidden = reason.contains("permission denied");
        boolean badToken = EtcdErrors.isTokenProblem(reason);
        if (reason.contains("has been compacted")) {
            historyLost(0, ResyncReason.COMPACTED);
        } else if ((forbidden || badToken)
                && refusedTokens.renews(token, badToken, hub.calls().tokens())) {
            hub.place(this);
        } else {
            Status status = forbidden ? Status.PERMISSION_DENIED : Status.UNAVAILABLE;
            String words = reason.isEmpty() ? "the server cancelled the watch" : reason;
            refused(hub.calls().errors().of(description(), false, status.withDescription(words), true));
        }
    }

    /** The server does not want this one watch: asked for again after a pause, a long one where the permission is missing. */
    void refused(CoordinationException cause) {
        leave();
        refusedTokens.paused();
        report(cause);
        pause = hub.after(cause.code() == ErrorCode.PERMISSION_DENIED ? backoff.slowest() : backoff.next(), () -> {
            pause = null;
            if (!isClosed()) {
                hub.place(this);
            }
        });
    }

    private void report(CoordinationException cause) {
        boolean news = interruption == null
                || (cause.code() == ErrorCode.PERMISSION_DENIED && interruption != ErrorCode.PERMISSION_DENIED);
        interruption = cause.code();
        if (news) {
            log.atDebug()
                    .addKeyValue("watch", keys.from())
                    .addKeyValue("reason", cause.getMessage())
                    .log("Watch interrupted, opening it again");
            hub.heard().interrupted(cause.code());
            handover.call(() -> tell(() -> listener.onInterrupted(cause)));
        }
    }

    private void overrun() {
        log.atWarn()
                .addKeyValue("watch", keys.from())
                .addKeyValue("events", Handover.MOST_EVENTS)
                .addKeyValue("bytes", Handover.MOST_BYTES)
                .log("A watch listener is too slow, more than the limit waits for it and is dropped");
        historyLost(0, ResyncReason.OVERRUN);
    }

    /** Ends the watch: its owner has to read the state anew. */
    void historyLost(long firstRevision, ResyncReason reason) {
        if (!phase.compareAndSet(Phase.LIVE, Phase.LOST)) {
            return;
        }
        log.atWarn()
                .addKeyValue("watch", keys.from())
                .addKeyValue("next", position.next())
                .addKeyValue("oldest", firstRevision)
                .log("Watch ended, changes it has not delivered are gone");
        hub.forget(this);
        hub.heard().historyLost(reason);
        handover.call(() -> {
            if (phase.get() == Phase.LOST) {
                deliver(() -> listener.onHistoryLost(firstRevision));
            }
        });
    }

    private void tell(Runnable call) {
        if (!isClosed()) {
            deliver(call);
        }
    }

    private void deliver(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            log.atError().setCause(e).addKeyValue("watch", keys.from()).log("A watch listener failed");
        }
    }

    private String description() {
        return "watch of '" + keys.from() + "'";
    }
}
