package io.coordination.internal;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One endpoint of a cluster: {@code http://host:port}, {@code https://host:port}, or {@code scheme:name} for a store without
 * a network address such as {@code memory:test}.
 *
 * @param scheme the scheme in lower case; it chooses the store
 * @param host the host, an IPv6 literal without its brackets; for {@code scheme:name} the name
 * @param port 1 to 65535; 0 for {@code scheme:name}
 */
public record Endpoint(String scheme, String host, int port) {
    private static final Pattern NAMED = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):([A-Za-z][A-Za-z0-9._-]{0,127})");
    // java.net.URI knows no host with an underscore, the container world does.
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
    private static final String FORM = "write http://host:port, https://host:port or memory:name";

    /**
     * Reads an endpoint.
     *
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} when it is none
     */
    public static Endpoint parse(String parameter, String text) {
        Matcher named = NAMED.matcher(text);
        if (named.matches()) {
            return named(parameter, text, named.group(1).toLowerCase(Locale.ROOT), named.group(2));
        }
        URI uri = uri(parameter, text);
        if (uri.getScheme() == null || uri.getRawAuthority() == null) {
            throw Checks.invalid(parameter, text, FORM);
        }
        if (uri.getRawAuthority().contains("@")) {
            throw Checks.invalid(parameter, "…@…", "leave credentials out of endpoints, use username and password");
        }
        boolean path = !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/");
        if (path || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw Checks.invalid(
                    parameter, text, "leave out path, query and fragment; a namespace is an option of its own");
        }
        Matcher authority = AUTHORITY.matcher(uri.getRawAuthority());
        if (!authority.matches()) {
            throw Checks.invalid(
                    parameter, text, "give a host and a port; an IPv6 address needs brackets, http://[::1]:2379");
        }
        int port = Integer.parseInt(authority.group(2));
        if (port < 1 || port > 65_535) {
            throw Checks.invalid(parameter, text, "the port must be between 1 and 65535");
        }
        return new Endpoint(uri.getScheme().toLowerCase(Locale.ROOT), withoutBrackets(authority.group(1)), port);
    }

    private static Endpoint named(String parameter, String text, String scheme, String name) {
        if (scheme.equals("http") || scheme.equals("https")) {
            throw Checks.invalid(parameter, text, "two slashes are missing, " + FORM);
        }
        return new Endpoint(scheme, name, 0);
    }

    private static URI uri(String parameter, String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException notUri) {
            // The exception's text would repeat the whole input, credentials included.
            throw Checks.invalid(parameter, text.contains("@") ? "…@…" : text, FORM);
        }
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** {@code host:port}, an IPv6 literal in brackets; the name alone for {@code scheme:name}. */
    public String authority() {
        if (port == 0) {
            return host;
        }
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** The endpoint in its normal form. */
    @Override
    public String toString() {
        return scheme + (port == 0 ? ":" : "://") + authority();
    }
}
