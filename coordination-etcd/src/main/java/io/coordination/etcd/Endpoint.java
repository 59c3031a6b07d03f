package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One member of the cluster as the options name it.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without brackets
 * @param port the port
 * @param tls whether it is reached over TLS
 */
record Endpoint(String host, int port, boolean tls) {

    private static final int DEFAULT_PORT = 2379;

    static List<Endpoint> of(CoordinatorOptions options) {
        List<Endpoint> endpoints =
                options.endpoints().stream().map(Endpoint::parse).distinct().toList();
        boolean tls = endpoints.get(0).tls();
        if (endpoints.stream().anyMatch(endpoint -> endpoint.tls() != tls)) {
            throw invalid("endpoints mix http and https: use one of them for all members");
        }
        if (tls && options.tls().isEmpty()) {
            throw invalid("tls is missing but the endpoints are https: give TlsOptions, or write http for plain text");
        }
        return endpoints;
    }

    static Endpoint parse(String text) {
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw invalid("endpoint '" + text + "' is not a URI: write http://host:port");
        }
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        if (uri.getHost() == null || !(tls || "http".equalsIgnoreCase(uri.getScheme()))) {
            throw invalid("endpoint '" + text + "' is not reachable by etcd's client: write http://host:port");
        }
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Endpoint(bare, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), tls);
    }

    /** The endpoint that somebody else wrote; empty when it is none. */
    static Optional<Endpoint> tryParse(String text) {
        try {
            return Optional.of(parse(text));
        } catch (CoordinationException e) {
            return Optional.empty();
        }
    }

    /** Whether the host is an address already, so that no name service is asked. */
    boolean isLiteral() {
        return isIpv6() || host.chars().allMatch(c -> c == '.' || Character.digit(c, 10) >= 0);
    }

    /** Whether it can only mean the machine of whoever uses it. */
    boolean isLoopback() {
        return host.equalsIgnoreCase("localhost")
                || host.startsWith("127.")
                || host.equals("::1")
                || host.equals("0.0.0.0")
                || host.equals("::");
    }

    private boolean isIpv6() {
        return host.indexOf(':') >= 0;
    }

    /** All addresses of the host. Asks the name service unless it is a {@linkplain #isLiteral() literal}. */
    List<InetSocketAddress> resolve() throws UnknownHostException {
        return Arrays.stream(InetAddress.getAllByName(host))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }

    /** Host and port as they stand in HTTP's {@code :authority}, and as TLS compares them with the certificate. */
    String authority() {
        return authorityOf(host);
    }

    /** The same with another host name. */
    String authorityOf(String name) {
        return (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }

    private static CoordinationException invalid(String message) {
        return CoordinationException.of(ErrorCode.VALIDATION_ERROR, message);
    }
}
