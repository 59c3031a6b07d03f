package io.coordination.etcd;

import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.Executor;

/**
 * One gRPC stream that carries one watch, from its opening to its end. Knows nothing of positions and never comes back.
 *
 * <p>Everything it tells is told on the given serial executor. The next response is asked for after the one before was
 * taken, so a slow listener slows the server down instead of filling the heap.
 */
final class WatchStream extends ClientCall.Listener<WatchResponse> {

    /** Hears what comes in. */
    interface Events {
        void response(WatchStream stream, WatchResponse response);

        void ended(WatchStream stream, Status status);
    }

    private final ClientCall<WatchRequest, WatchResponse> call;
    private final Executor serial;
    private final Events events;

    private WatchStream(ClientCall<WatchRequest, WatchResponse> call, Executor serial, Events events) {
        this.call = call;
        this.serial = serial;
        this.events = events;
    }

    /** Opens a stream; to be called on the serial executor, as {@link #close()}. */
    static WatchStream open(Channel channel, Token token, WatchCreateRequest create, Executor serial, Events events) {
        WatchStream stream =
                new WatchStream(channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT), serial, events);
        stream.send(token, WatchRequest.newBuilder().setCreateRequest(create).build());
        return stream;
    }

    private void send(Token token, WatchRequest request) {
        try {
            call.start(this, CallHeaders.requiringLeader(token));
            call.request(1);
            call.sendMessage(request);
        } catch (RuntimeException e) {
            call.cancel("the watch could not be opened", e);
            onClose(
                    Status.INTERNAL
                            .withDescription("the watch could not be opened")
                            .withCause(e),
                    new Metadata());
        }
    }

    /** Ends the stream here and on the server. */
    void close() {
        call.cancel("the watch was closed", null);
    }

    @Override
    public void onMessage(WatchResponse response) {
        serial.execute(() -> {
            events.response(this, response);
            call.request(1);
        });
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        serial.execute(() -> events.ended(this, status));
    }
}
