package io.coordination.etcd;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Knows whether the request of one attempt may have left this process: false means that it surely did not reach a server.
 *
 * <p>gRPC calls {@link ClientStreamTracer#outboundMessage} before it hands the request to a connection. When it starts over
 * on its own, because no server looked at the first stream, it makes a new tracer.
 */
final class Sent extends ClientStreamTracer.Factory {

    private volatile boolean maybe;
    private volatile boolean onItsWay;

    /** For an attempt that ended. */
    boolean maybe() {
        return maybe;
    }

    /**
     * For an attempt that was just cancelled: whether it had a connection already. One that had none is not sent any more,
     * one that had may be a moment after the cancellation.
     */
    boolean isOnItsWay() {
        return onItsWay;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        maybe = false;
        return new Tracer();
    }

    private final class Tracer extends ClientStreamTracer {
        @Override
        public void streamCreated(Attributes transport, Metadata headers) {
            onItsWay = true;
        }

        @Override
        public void outboundMessage(int sequenceNumber) {
            maybe = true;
        }
    }
}
