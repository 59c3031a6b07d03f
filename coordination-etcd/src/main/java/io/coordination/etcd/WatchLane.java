package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation.ResyncReason;
import io.coordination.store.RangeQuery;
import io.coordination.store.TimeSource.Timer;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream under a number of watches: opens it for the first, replaces it for all of them when it breaks, on another
 * member and after one pause for all, and ends it when the last one has been gone for a while.
 *
 * <p>Confined to the serial executor of the hub. There is at most one current stream; what older ones still say is dropped.
 * A stream that ends because its token was refused is replaced once without a pause and without a word.
 */
final class WatchLane implements WatchStream.Events, HistoryCheck.Answers, StreamPulse.Patient {

    /** So many creations fit well into the limit for their confirmation, and a break costs no more than these. */
    static final int CAPACITY = 1_000;

    static final Duration OPENING_LIMIT = Duration.ofSeconds(5);
    static final Duration IDLE_LIMIT = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(WatchLane.class);
    private static final Duration SETTLED = Duration.ofMillis(500);

    private final WatchHub hub;
    private final ResilientCalls calls;
    private final Set<WatchLoop> riders = new LinkedHashSet<>();
    private final WatchBackoff backoff = new WatchBackoff();
    private final StreamPulse pulse;
    private final Confirmations confirmations;
    private int generation;
    private @Nullable WatchStream stream;
    private @Nullable Member member;
    private @Nullable Token token;
    private final SerialTimer idle;
    private @Nullable Timer reopening;
    private long openedAt;
    private boolean begun;
    private boolean open;
    private boolean failing;
    private boolean tokenRenewed;

    WatchLane(WatchHub hub) {
        this.hub = hub;
        this.calls = hub.calls();
        this.idle = new SerialTimer(calls.time(), hub.serial());
        this.pulse = new StreamPulse(calls.time(), hub.serial(), this);
        this.confirmations = new Confirmations(calls.time(), hub.serial(), OPENING_LIMIT, this::unconfirmed);
    }

    boolean hasRoom() {
        return riders.size() < CAPACITY;
    }

    /** Whether its stream broke and no other one has worked since. */
    boolean isFailing() {
        return failing;
    }

    boolean hasStream() {
        return stream != null;
    }

    /** The token of its stream, if there is one yet. */
    @Nullable
    Token token() {
        return token;
    }

    void add(WatchLoop watch) {
        riders.add(watch);
        watch.boarded(this);
        if (!begun) {
            begun = true;
            open();
        } else if (stream != null) {
            idle.disarm();
            admit(List.of(watch));
        }
    }

    /** Lets a watch go. */
    void remove(WatchLoop watch, boolean tellServer) {
        if (!riders.remove(watch)) {
            return;
        }
        if (stream != null) {
            stream.forget(watch, tellServer);
        }
        if (!riders.isEmpty()) {
            return;
        }
        if (stream == null) {
            end();
        } else {
            idle.arm(IDLE_LIMIT, this::end);
        }
    }

    /** Gives its watches to another lane, as many as fit, without their owners noticing. */
    void giveTo(WatchLane other) {
        for (WatchLoop watch : List.copyOf(riders)) {
            if (other.hasRoom()) {
                remove(watch, true);
                watch.streamGone();
                other.add(watch);
            }
        }
        if (riders.isEmpty()) {
            end();
        }
    }

    /** Ends the stream; the lane is not used again. */
    void end() {
        leaveStream();
        hub.ended(this);
    }

    private void open() {
        generation++;
        int mine = generation;
        Futures.whenDone(
                calls.tokens().current(),
                (fresh, failure) -> hub.serial().execute(() -> {
                    if (mine != generation) {
                        return;
                    }
                    if (failure != null) {
                        broken(reason(failure));
                    } else {
                        openStream(fresh);
                    }
                }));
    }

    private void openStream(Token fresh) {
        Member chosen = calls.members().pick(failing ? member : null);
        member = chosen;
        token = fresh;
        stream = WatchStream.open(chosen.channel(), fresh, hub.serial(), this);
        hub.streamsChanged();
        pulse.begin();
        admit(List.copyOf(riders));
    }

    /** Brings watches onto the stream, those from the past after a look whether their history is still there. */
    private void admit(List<WatchLoop> watches) {
        watches.stream().filter(watch -> watch.position().next() <= 1).forEach(this::create);
        HistoryCheck.of(
                watches.stream().filter(watch -> watch.position().next() > 1).toList(),
                calls,
                hub.serial(),
                OPENING_LIMIT,
                this);
    }

    private void create(WatchLoop watch) {
        if (stream != null && riders.contains(watch) && !stream.carries(watch)) {
            stream.create(watch);
            confirmations.await();
        }
    }

    @Override
    public void complete(WatchLoop watch) {
        create(watch);
    }

    @Override
    public void lost(WatchLoop watch, ResyncReason reason) {
        if (riders.contains(watch)) {
            watch.historyLost(0, reason);
        }
    }

    @Override
    public void unanswered(WatchLoop watch, CoordinationException failure) {
        if (!riders.contains(watch) || stream == null || stream.carries(watch)) {
            return;
        }
        if (failure.code() == ErrorCode.PERMISSION_DENIED) {
            watch.refused(failure);
        } else {
            broken(failure);
        }
    }

    @Override
    public void response(WatchStream from, WatchResponse response) {
        Token current = token;
        if (from != stream || current == null) {
            return;
        }
        pulse.heard();
        WatchLoop watch = from.owner(response);
        if (response.getCreated()) {
            confirmed(from);
        } else if (response.getWatchId() < 0 && WatchWire.isProgress(response)) {
            hub.probing().answered();
        }
        if (watch != null) {
            watch.response(response, current);
        }
    }

    private void confirmed(WatchStream from) {
        confirmations.came(from.isWaiting());
        if (open) {
            return;
        }
        open = true;
        openedAt = calls.time().nanoTime();
        tokenRenewed = false;
        if (member != null) {
            member.answered();
        }
        if (failing) {
            log.atInfo().addKeyValue("watches", riders.size()).log("Watches open again");
        }
        failing = false;
    }

    @Override
    public void ended(WatchStream from, Status status) {
        if (from != stream) {
            return;
        }
        if (EtcdErrors.isTokenProblem(status) && renewsToken()) {
            return;
        }
        Status shown = status.isOk() ? Status.UNAVAILABLE.withDescription("the server ended the watch") : status;
        broken(calls.errors().of("watch", false, shown, true));
    }

    /** Opens again with another token, once. */
    private boolean renewsToken() {
        Token used = token;
        if (tokenRenewed || used == null || !calls.tokens().refused(used)) {
            return false;
        }
        tokenRenewed = true;
        leaveStream();
        riders.forEach(WatchLoop::streamGone);
        open();
        return true;
    }

    private void unconfirmed() {
        String sentence = "the server did not confirm it within " + OPENING_LIMIT.toSeconds() + " s";
        broken(CoordinationException.of(ErrorCode.TIMEOUT_ERROR, calls.errors().text("watch", sentence)));
    }

    @Override
    public void ask() {
        WatchStream current = stream;
        Member asked = member;
        if (current == null || asked == null || riders.isEmpty()) {
            pulse.heard();
        } else if (hub.probing().isByStream()) {
            current.requestProgress();
        } else {
            askByCall(asked);
        }
    }

    /** A read of nothing that the member answers by itself: what it says does not matter. */
    private void askByCall(Member asked) {
        Token current = token;
        if (current == null) {
            return;
        }
        int mine = generation;
        Runnable answered = () -> hub.serial().execute(() -> {
            if (mine == generation) {
                pulse.heard();
            }
        });
        RangeQuery query = RangeQuery.key("\0").withCountOnly().asSerializable();
        Attempt.of(asked.channel(), KVGrpc.getRangeMethod(), StreamPulse.ANSWER, new Attempt.Outcome<RangeResponse>() {
                    @Override
                    public void answered(RangeResponse answer) {
                        answered.run();
                    }

                    @Override
                    public void failed(Status status, boolean maybeSent) {
                        boolean refused = status.getCode() != Status.Code.UNAVAILABLE
                                && status.getCode() != Status.Code.DEADLINE_EXCEEDED;
                        if (refused) {
                            answered.run();
                        }
                    }
                })
                .send(CallHeaders.with(current), WireFormat.range(query));
    }

    @Override
    public void dead() {
        hub.heard().silent();
        hub.probing().unanswered();
        broken(CoordinationException.of(
                ErrorCode.TIMEOUT_ERROR,
                calls.errors()
                        .text(
                                "watch",
                                "the stream was silent and did not answer within " + StreamPulse.ANSWER.toSeconds()
                                        + " s")));
    }

    private void broken(CoordinationException cause) {
        if (open && calls.time().nanoTime() - openedAt > SETTLED.toNanos()) {
            backoff.reset();
        }
        leaveStream();
        tokenRenewed = false;
        if (riders.isEmpty()) {
            hub.ended(this);
            return;
        }
        boolean forbidden = cause.code() == ErrorCode.PERMISSION_DENIED;
        if (member != null && !forbidden) {
            member.failed();
        }
        if (!failing) {
            log.atWarn()
                    .addKeyValue("watches", riders.size())
                    .addKeyValue("reason", cause.getMessage())
                    .log("Watches interrupted, opening them again");
        }
        failing = true;
        List.copyOf(riders).forEach(watch -> watch.interrupted(cause));
        int mine = generation;
        reopening = hub.after(forbidden ? backoff.slowest() : backoff.next(), () -> {
            if (mine == generation) {
                open();
            }
        });
    }

    /** Forgets the present stream: nothing it says from here on counts. */
    private void leaveStream() {
        generation++;
        open = false;
        idle.disarm();
        stopReopening();
        pulse.end();
        confirmations.end();
        WatchStream left = stream;
        stream = null;
        token = null;
        if (left != null) {
            left.close();
            hub.streamsChanged();
        }
    }

    private void stopReopening() {
        Timer waiting = reopening;
        reopening = null;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    private static CoordinationException reason(Throwable failure) {
        return failure instanceof CoordinationException ours
                ? ours
                : CoordinationException.of(ErrorCode.INTERNAL_ERROR, "a watch could not be opened", failure);
    }
}
