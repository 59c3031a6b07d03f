package io.coordination.etcd;

import io.coordination.store.SerialExecutor;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One gRPC stream that carries many watches, from its opening to its end, and the ids of the watches on it. Knows nothing
 * of positions and never comes back.
 *
 * <p>Confined to a serial executor, on which it also tells what comes. Ids are counted from 1 and never used twice, so what
 * the server still says of a watch that has left belongs to nobody.
 */
final class WatchStream extends ClientCall.Listener<WatchResponse> {

    /** How many responses may be on their way: enough to keep the connection busy, few enough to hold the server back. */
    private static final int AHEAD = 32;

    /** Hears what comes in. */
    interface Events {
        void response(WatchStream stream, WatchResponse response);

        void ended(WatchStream stream, Status status);
    }

    private final ClientCall<WatchRequest, WatchResponse> call;
    private final SerialExecutor serial;
    private final Events events;
    // In the order of the requests; empty for a watch that has left before its answer.
    private final Map<Long, Optional<WatchLoop>> asked = new LinkedHashMap<>();
    private final Map<Long, WatchLoop> confirmed = new HashMap<>();
    private final Map<WatchLoop, Long> ids = new HashMap<>();
    private long lastId;

    private WatchStream(ClientCall<WatchRequest, WatchResponse> call, SerialExecutor serial, Events events) {
        this.call = call;
        this.serial = serial;
        this.events = events;
    }

    /** Opens a stream without watches. */
    static WatchStream open(Channel channel, Token token, SerialExecutor serial, Events events) {
        WatchStream stream =
                new WatchStream(channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT), serial, events);
        stream.start(token);
        return stream;
    }

    private void start(Token token) {
        try {
            call.start(this, CallHeaders.requiringLeader(token));
            call.request(AHEAD);
        } catch (RuntimeException e) {
            unusable(e);
        }
    }

    private void send(WatchRequest request) {
        try {
            call.sendMessage(request);
        } catch (RuntimeException e) {
            unusable(e);
        }
    }

    private void unusable(RuntimeException cause) {
        Status status = Status.INTERNAL
                .withDescription("the watch stream could not be used")
                .withCause(cause);
        call.cancel("the watch stream could not be used", cause);
        onClose(status, new Metadata());
    }

    /** Asks the server for a watch from its position on. */
    void create(WatchLoop watch) {
        long id = ++lastId;
        asked.put(id, Optional.of(watch));
        ids.put(watch, id);
        send(WatchWire.create(watch.keys(), watch.position().next(), id));
    }

    boolean carries(WatchLoop watch) {
        return ids.containsKey(watch);
    }

    /** Whether the server has still to answer for a watch. */
    boolean isWaiting() {
        return !asked.isEmpty();
    }

    /** Forgets a watch, and tells the server unless it was the server that ended it. */
    void forget(WatchLoop watch, boolean tellServer) {
        Long id = ids.remove(watch);
        if (id != null) {
            asked.replace(id, Optional.empty());
            confirmed.remove(id);
            if (tellServer) {
                send(WatchWire.cancel(id));
            }
        }
    }

    /** Whom a response concerns, if anybody. */
    @Nullable
    WatchLoop owner(WatchResponse response) {
        long id = response.getWatchId();
        boolean answer = response.getCreated() || (response.getCanceled() && asked.containsKey(id));
        if (!answer) {
            return confirmed.get(id);
        }
        // A refusal may come without the id. The server answers in the order of the requests.
        boolean nameless = id <= 0 && !asked.isEmpty();
        Optional<WatchLoop> watch =
                asked.remove(nameless ? asked.keySet().iterator().next() : Long.valueOf(id));
        if (watch == null || watch.isEmpty()) {
            return null;
        }
        if (!response.getCanceled()) {
            confirmed.put(id, watch.get());
        }
        return watch.get();
    }

    /** Asks for a sign of life. */
    void requestProgress() {
        send(WatchWire.progress());
    }

    /** Ends the stream here and on the server. */
    void close() {
        call.cancel("the watch was closed", null);
    }

    @Override
    public void onMessage(WatchResponse response) {
        serial.execute(() -> {
            // First, so that the next one is under way while this one is handed over.
            call.request(1);
            events.response(this, response);
        });
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        serial.execute(() -> events.ended(this, status));
    }
}
