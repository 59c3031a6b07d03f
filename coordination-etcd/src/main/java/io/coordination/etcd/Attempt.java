package io.coordination.etcd;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One RPC with one request and one answer, a stream of one answer included. Tells its outcome exactly once, on a thread of
 * the channel or of whoever cancels.
 *
 * @param <Q> the request
 * @param <R> the answer
 */
final class Attempt<Q, R> extends ClientCall.Listener<R> {

    private final ClientCall<Q, R> call;
    private final boolean answeredByMessage;
    private final Sent sent;
    private final Outcome<R> outcome;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean started;
    private volatile boolean cancelled;
    private @Nullable R answer;

    /** Hears how an attempt ended. */
    interface Outcome<R> {
        void answered(R answer);

        /** The RPC failed; {@code maybeSent} tells whether the request may have reached a server. */
        void failed(Status status, boolean maybeSent);
    }

    private Attempt(ClientCall<Q, R> call, boolean answeredByMessage, Sent sent, Outcome<R> outcome) {
        this.call = call;
        this.answeredByMessage = answeredByMessage;
        this.sent = sent;
        this.outcome = outcome;
    }

    /** Prepares an attempt. The deadline covers everything from now on, the wait for a connection included. */
    static <Q, R> Attempt<Q, R> of(
            Channel channel, MethodDescriptor<Q, R> method, Duration deadline, Outcome<R> outcome) {
        Sent sent = new Sent();
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .withStreamTracerFactory(sent);
        boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
        return new Attempt<>(channel.newCall(method, options), !unary, sent, outcome);
    }

    /** Sends the request. */
    void send(Metadata headers, Q request) {
        try {
            call.start(this, headers);
            // Two, so that a second answer where one is due is noticed as an error by gRPC.
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
        } catch (RuntimeException e) {
            call.cancel("the request could not be sent", e);
            fail(Status.INTERNAL
                    .withDescription("the request could not be sent")
                    .withCause(e));
        }
        started = true;
        if (cancelled) {
            cancelCall();
        }
    }

    /** Gives the RPC up like {@link #cancel()}. Whether a server may get the request nevertheless. */
    boolean giveUp() {
        boolean sending = !started;
        cancel();
        return sending || sent.isOnItsWay();
    }

    /** Gives the RPC up, here and on the server. Harmless after its end. */
    void cancel() {
        cancelled = true;
        // A cancellation that overtakes the start is lost in gRPC: it waits for the end of send().
        if (started) {
            cancelCall();
        }
    }

    private void cancelCall() {
        call.cancel("given up by the caller", null);
    }

    @Override
    public void onMessage(R message) {
        answer = message;
        if (answeredByMessage && told.compareAndSet(false, true)) {
            outcome.answered(message);
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        R message = answer;
        if (status.isOk() && message != null) {
            if (told.compareAndSet(false, true)) {
                outcome.answered(message);
            }
        } else {
            fail(
                    status.isOk()
                            ? Status.INTERNAL.withDescription("the server ended the call without an answer")
                            : status);
        }
    }

    private void fail(Status status) {
        if (told.compareAndSet(false, true)) {
            outcome.failed(status, sent.maybe());
        }
    }
}
