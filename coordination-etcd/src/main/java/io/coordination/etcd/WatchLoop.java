package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.SerialExecutor;
import io.coordination.store.TimeSource.Timer;
import io.coordination.store.WatchListener;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch for as long as its owner wants it: opens a stream, delivers what comes, and opens the next one where the last
 * one broke.
 *
 * <p>Everything but {@link #close()} happens on a serial executor. There is at most one current stream; what older ones
 * still say is dropped. Whatever ends a stream is the same to the loop, with three exceptions: lost history ends the watch,
 * a refused token is renewed once without a pause, and a missing permission is asked for again slowly.
 */
final class WatchLoop implements Watch, WatchStream.Events {

    static final Duration OPENING_LIMIT = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(WatchLoop.class);
    private static final Duration SETTLED = Duration.ofMillis(500);

    private final ResilientCalls calls;
    private final KeyRange keys;
    private final WatchListener listener;
    private final Consumer<WatchLoop> onEnd;
    private final SerialExecutor serial = SerialExecutor.direct();
    private final WatchPosition position;
    private final WatchBackoff backoff = new WatchBackoff();
    private int generation;
    private @Nullable WatchStream stream;
    private @Nullable Token token;
    private @Nullable Timer timer;
    private boolean open;
    private long openedAt;
    private boolean tokenRenewed;
    private @Nullable ErrorCode interruption;
    private volatile boolean closed;

    WatchLoop(
            ResilientCalls calls, KeyRange keys, long fromRevision, WatchListener listener, Consumer<WatchLoop> onEnd) {
        this.calls = calls;
        this.keys = keys;
        this.listener = listener;
        this.onEnd = onEnd;
        this.position = new WatchPosition(fromRevision);
    }

    WatchLoop start() {
        serial.execute(this::open);
        return this;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onEnd.accept(this);
            serial.execute(this::leaveStream);
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    private void open() {
        if (closed) {
            return;
        }
        generation++;
        open = false;
        arm(OPENING_LIMIT, () -> broken(openingTookTooLong()));
        then(HistoryCheck.isLost(calls, keys, position, OPENING_LIMIT), lost -> {
            if (lost) {
                historyLost(0);
            } else {
                then(calls.tokens().current(), this::openStream);
            }
        });
    }

    private void openStream(Token fresh) {
        token = fresh;
        stream = WatchStream.open(calls.channel(), fresh, WireFormat.watch(keys, position.next()), serial, this);
    }

    /** Goes on with the result of a step of the opening, unless another opening has begun meanwhile. */
    private <T> void then(CompletableFuture<T> step, Consumer<T> next) {
        int mine = generation;
        Futures.whenDone(
                step,
                (result, failure) -> serial.execute(() -> {
                    if (mine != generation || closed) {
                        return;
                    }
                    if (failure != null) {
                        broken(reason(failure));
                    } else {
                        next.accept(result);
                    }
                }));
    }

    @Override
    public void response(WatchStream from, WatchResponse response) {
        if (from != stream || closed) {
            return;
        }
        if (response.getCompactRevision() > 0) {
            historyLost(response.getCompactRevision());
        } else if (response.getCanceled()) {
            refused(response.getCancelReason());
        } else if (position.isForeign(response.getHeader().getClusterId())) {
            historyLost(0);
        } else {
            accepted(response);
        }
    }

    private void accepted(WatchResponse response) {
        long revision = response.getHeader().getRevision();
        if (response.getCreated()) {
            opened(revision);
        }
        for (WatchPosition.Revision next : position.advance(response)) {
            tell(() -> listener.onRevision(next.number(), next.events()));
        }
        boolean progress = !response.getCreated() && response.getEventsCount() == 0;
        if (progress && position.progressed(revision)) {
            tell(() -> listener.onProgress(revision));
        }
    }

    private void opened(long revision) {
        disarm();
        position.opened(revision);
        open = true;
        openedAt = calls.time().nanoTime();
        tokenRenewed = false;
        if (interruption != null) {
            log.atInfo().addKeyValue("watch", keys.from()).log("Watch open again");
        }
        interruption = null;
        tell(() -> listener.onOpened(revision));
    }

    @Override
    public void ended(WatchStream from, Status status) {
        if (from != stream || closed) {
            return;
        }
        if (isCompaction(status.getDescription())) {
            historyLost(0);
        } else if (!renewsToken(EtcdErrors.isTokenProblem(status))) {
            Status shown = status.isOk() ? Status.UNAVAILABLE.withDescription("the server ended the watch") : status;
            broken(calls.errors().of(description(), false, shown, true));
        }
    }

    private void refused(String reason) {
        boolean forbidden = reason.contains("permission denied");
        if (isCompaction(reason)) {
            historyLost(0);
        } else if (!renewsToken(forbidden || EtcdErrors.isTokenProblem(reason))) {
            Status status = forbidden ? Status.PERMISSION_DENIED : Status.UNAVAILABLE;
            String words = reason.isEmpty() ? "the server cancelled the watch" : reason;
            broken(calls.errors().of(description(), false, status.withDescription(words), true));
        }
    }

    private static boolean isCompaction(@Nullable String words) {
        return words != null && words.contains("has been compacted");
    }

    /** Opens again with another token, once; etcd also says "permission denied" when it has forgotten a token. */
    private boolean renewsToken(boolean mayHelp) {
        Token used = token;
        if (!mayHelp || tokenRenewed || used == null || !calls.tokens().refused(used)) {
            return false;
        }
        tokenRenewed = true;
        leaveStream();
        open();
        return true;
    }

    private void broken(CoordinationException cause) {
        if (open && calls.time().nanoTime() - openedAt > SETTLED.toNanos()) {
            backoff.reset();
        }
        leaveStream();
        report(cause);
        tokenRenewed = false;
        boolean forbidden = cause.code() == ErrorCode.PERMISSION_DENIED;
        Duration pause = forbidden ? backoff.slowest() : backoff.next();
        int mine = generation;
        timer = calls.reconnector()
                .pause(
                        pause,
                        pause,
                        () -> serial.execute(() -> {
                            if (mine == generation) {
                                open();
                            }
                        }));
    }

    private void report(CoordinationException cause) {
        boolean news = interruption == null
                || (cause.code() == ErrorCode.PERMISSION_DENIED && interruption != ErrorCode.PERMISSION_DENIED);
        interruption = cause.code();
        if (news) {
            log.atWarn()
                    .addKeyValue("watch", keys.from())
                    .addKeyValue("reason", cause.getMessage())
                    .log("Watch interrupted, opening it again");
            tell(() -> listener.onInterrupted(cause));
        }
    }

    private void historyLost(long firstRevision) {
        log.atWarn()
                .addKeyValue("watch", keys.from())
                .addKeyValue("next", position.next())
                .addKeyValue("oldest", firstRevision)
                .log("Watch ended, changes it has not delivered are gone");
        if (!closed) {
            close();
            deliver(() -> listener.onHistoryLost(firstRevision));
        }
    }

    /** Forgets the present stream: nothing it says from here on counts. */
    private void leaveStream() {
        generation++;
        disarm();
        WatchStream left = stream;
        stream = null;
        if (left != null) {
            left.close();
        }
    }

    private void arm(Duration delay, Runnable task) {
        disarm();
        int mine = generation;
        timer = calls.time()
                .schedule(
                        delay,
                        () -> serial.execute(() -> {
                            if (mine == generation && !open && !closed) {
                                task.run();
                            }
                        }));
    }

    private void disarm() {
        Timer armed = timer;
        timer = null;
        if (armed != null) {
            armed.cancel();
        }
    }

    private void tell(Runnable call) {
        if (!closed) {
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

    private CoordinationException openingTookTooLong() {
        return CoordinationException.of(
                ErrorCode.TIMEOUT_ERROR,
                calls.errors()
                        .text(
                                description(),
                                "the server did not confirm it within " + OPENING_LIMIT.toSeconds() + " s"));
    }

    private CoordinationException reason(Throwable failure) {
        return failure instanceof CoordinationException ours
                ? ours
                : CoordinationException.of(ErrorCode.INTERNAL_ERROR, description() + " could not be opened", failure);
    }
}
