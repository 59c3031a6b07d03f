package io.coordination.etcd;

import io.grpc.Status;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in one sentence why there is no connection. */
final class ConnectionFailure {

    private ConnectionFailure() {}

    /**
     * The sentence.
     *
     * @param tls whether the endpoint was to be reached over TLS
     * @param maybeSent whether the request may have left this process, for which a connection must have been set up
     */
    static String sentence(Status status, String description, boolean tls, boolean maybeSent) {
        @Nullable Throwable cause = status.getCause();
        Optional<Throwable> unknownHost = find(cause, UnknownHostException.class);
        if (unknownHost.isPresent()) {
            return "the host name cannot be looked up: " + unknownHost.get().getMessage();
        }
        Optional<Throwable> refused =
                find(cause, ConnectException.class).or(() -> find(cause, NoRouteToHostException.class));
        if (refused.isPresent()) {
            return "no connection could be made: " + refused.get().getMessage();
        }
        Optional<Throwable> distrust =
                find(cause, CertificateException.class).or(() -> find(cause, SSLException.class));
        if (distrust.isPresent()) {
            return handshake(distrust.get(), deepest(distrust.get()));
        }
        if (speaksOtherwise(description) && !maybeSent) {
            return "the server does not speak gRPC in plain text: does it want https, and is it an etcd?";
        }
        return maybeSent ? broken(cause) : unfinished(tls);
    }

    /** Whether trying again cannot help: the two sides do not speak the same protocol, or do not trust each other. */
    static boolean isDefinite(Status status) {
        @Nullable Throwable cause = status.getCause();
        String words = status.getDescription();
        return find(cause, SSLException.class).isPresent() || (words != null && speaksOtherwise(words));
    }

    private static boolean speaksOtherwise(String description) {
        return description.contains("not SETTINGS")
                || description.contains("HTTP/1.")
                || description.startsWith("http2 exception");
    }

    private static String broken(@Nullable Throwable cause) {
        return cause == null
                ? "the connection broke"
                : "the connection broke: " + deepest(cause).getMessage();
    }

    /** Whoever does not understand what is said closes the connection or resets it, as it happens; neither tells more. */
    private static String unfinished(boolean tls) {
        return tls
                ? "the server ended the TLS handshake: write http if it does not speak TLS;"
                        + " if it does, does the server want a client certificate that it trusts?"
                : "the endpoint ended the connection before it was set up: does it want https, and is it an etcd?";
    }

    private static String handshake(Throwable failure, Throwable root) {
        String reason = String.valueOf(root.getMessage());
        if (failure.getClass().getSimpleName().equals("NotSslRecordException")) {
            return "the server does not speak TLS: write http, or turn TLS on there";
        }
        if (reason.contains("certification path") || reason.contains("PKIX") || reason.contains("CERTIFICATE_VERIFY")) {
            return "the certificate of the server is not trusted: set tls.trustCertificates to its authority (" + reason
                    + ")";
        }
        if (reason.contains("subject alternative") || reason.contains("No name matching")) {
            return "the certificate of the server is for another host: connect by a name it lists, or set"
                    + " tls.authority ("
                    + reason + ")";
        }
        return "the TLS handshake failed: does the server want a client certificate that it trusts? (" + reason + ")";
    }

    private static Optional<Throwable> find(@Nullable Throwable start, Class<? extends Throwable> type) {
        for (Throwable at = start; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private static Throwable deepest(Throwable start) {
        Throwable at = start;
        while (at.getCause() != null) {
            at = at.getCause();
        }
        return at;
    }
}
