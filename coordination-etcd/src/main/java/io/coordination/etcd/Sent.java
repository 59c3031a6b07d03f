package io.coordination.etcd;

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

    boolean maybe() {
        return maybe;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
        maybe = false;
        return new ClientStreamTracer() {
            @Override
            public void outboundMessage(int sequenceNumber) {
                maybe = true;
            }
        };
    }
}
