package io.coordination.etcd;

import io.grpc.Metadata;

/** The metadata that etcd understands. Made anew for every call, because gRPC writes into it. */
final class CallHeaders {

    static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

    private CallHeaders() {}

    static Metadata with(Token token) {
        Metadata headers = new Metadata();
        if (!token.isEmpty()) {
            headers.put(TOKEN, token.text());
        }
        return headers;
    }

    /** For streams: a member that lost its leader ends them instead of falling silent. */
    static Metadata requiringLeader(Token token) {
        Metadata headers = with(token);
        headers.put(HAS_LEADER, "true");
        return headers;
    }
}
