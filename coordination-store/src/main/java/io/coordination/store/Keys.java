package io.coordination.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The names of all keys that a namespace has in the store, and their escaping. The layout is part of compatibility and
 * is described in {@code docs/key-layout.md}. Immutable.
 *
 * <p>A lock name, service name or instance id becomes exactly one segment: everything but letters, digits, {@code -},
 * {@code .}, {@code _} and {@code ~} is percent-escaped, the slash included, so that lock {@code a} and lock {@code a/b}
 * are unrelated. A configuration key keeps its slashes. Prefixes always end in a slash, so that a name never matches a
 * longer one.
 */
public final class Keys {

    private static final String HEX = "0123456789ABCDEF";

    private final String root;
    private final String scope;

    private Keys(String root, String scope) {
        this.root = root;
        this.scope = scope;
    }

    /** The keys of a namespace, such as {@code prod} or {@code shop/prod}, which must be valid. */
    public static Keys ofNamespace(String namespace) {
        String root = "/" + namespace + "/";
        return new Keys(root, root);
    }

    /** The keys as a module sees them: locks, what belongs to them, and configuration of its own, everything else shared. */
    public Keys ofModule(String module) {
        return new Keys(root, root + "modules/" + module + "/");
    }

    /** The prefix of everything in the namespace. */
    public String namespacePrefix() {
        return root;
    }

    /** The prefix of all locks. */
    public String locksPrefix() {
        return scope + "locks/";
    }

    /** The prefix of one lock's queue. */
    public String lockPrefix(String name) {
        return locksPrefix() + escape(name) + "/";
    }

    /** The queue key of one attempt: unique for ever, because a lease never uses an attempt number twice. */
    public String lockKey(String name, long lease, long attempt) {
        return lockPrefix(name) + leaseSegment(lease) + "-" + attempt;
    }

    /** The prefix of all sessions of the namespace, those of its modules included. */
    public String sessionsPrefix() {
        return root + "sessions/";
    }

    /** The prefix of everything about one latch. */
    public String latchPrefix(String name) {
        return scope + "latches/" + escape(name) + "/";
    }

    /** The prefix of everything about one barrier. */
    public String barrierPrefix(String name) {
        return scope + "barriers/" + escape(name) + "/";
    }

    /** The key of one counter. */
    public String counterKey(String name) {
        return scope + "counters/" + escape(name);
    }

    /** The key that says when a job was begun, for as long as it must not begin again. */
    public String jobKey(String name) {
        return scope + "jobs/" + escape(name);
    }

    /** The key with the greatest fencing token that a resource has seen. */
    public String fenceKey(String resource) {
        return scope + "fences/" + escape(resource);
    }

    /** The key that says who owns a lease; its mod revision is the fence of the lease. */
    public String sessionKey(long lease) {
        return sessionsPrefix() + leaseSegment(lease);
    }

    /** The session key and everything below it. */
    public KeyRange sessionRange(long lease) {
        String key = sessionKey(lease);
        // '0' follows '/' in ASCII: the key itself, and all keys that continue it with a slash.
        return new KeyRange(key, key + '0');
    }

    /** The prefix of all services. */
    public String servicesPrefix() {
        return root + "services/";
    }

    /** The prefix of one service's instances. */
    public String servicePrefix(String service) {
        return servicesPrefix() + escape(service) + "/";
    }

    /** The key of one instance. */
    public String instanceKey(String service, String id) {
        return servicePrefix(service) + escape(id);
    }

    /** The prefix of the whole configuration. */
    public String configPrefix() {
        return scope + "config/";
    }

    /** The key of one configuration entry; slashes stay. */
    public String configKey(String key) {
        List<String> segments = new ArrayList<>();
        for (String segment : key.split("/", -1)) {
            segments.add(escape(segment));
        }
        return configPrefix() + String.join("/", segments);
    }

    /**
     * The prefix of all entries below a configuration key; the empty string stands for the whole configuration. A trailing
     * slash changes nothing.
     */
    public String configPrefix(String prefix) {
        String bare = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        return bare.isEmpty() ? configPrefix() : configKey(bare) + "/";
    }

    /** The configuration key that a key of the store stands for, or nothing when it is not in this configuration. */
    public Optional<String> configName(String storeKey) {
        if (!storeKey.startsWith(configPrefix())) {
            return Optional.empty();
        }
        return Optional.of(unescape(storeKey.substring(configPrefix().length())));
    }

    /** A lease id as it appears in keys: 16 lower-case hexadecimal digits. */
    public static String leaseSegment(long lease) {
        return String.format("%016x", lease);
    }

    /** One segment made of any text. */
    public static String escape(String text) {
        if (text.equals(".") || text.equals("..")) {
            return text.replace(".", "%2E");
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HEX.charAt((b >> 4) & 0xF)).append(HEX.charAt(b & 0xF));
            }
        }
        return escaped.toString();
    }

    /** The text that was escaped; slashes and malformed escapes stay as they are. */
    public static String unescape(String escaped) {
        if (escaped.indexOf('%') < 0) {
            return escaped;
        }
        byte[] from = escaped.getBytes(StandardCharsets.UTF_8);
        byte[] to = new byte[from.length];
        int length = 0;
        for (int i = 0; i < from.length; i++) {
            int value = from[i] == '%' ? hexAt(from, i + 1) : -1;
            to[length++] = value < 0 ? from[i] : (byte) value;
            i += value < 0 ? 0 : 2;
        }
        return new String(to, 0, length, StandardCharsets.UTF_8);
    }

    private static int hexAt(byte[] text, int at) {
        if (at + 1 >= text.length) {
            return -1;
        }
        int high = Character.digit(text[at], 16);
        int low = Character.digit(text[at + 1], 16);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    private static boolean isPlain(byte b) {
        return between('a', b, 'z') || between('A', b, 'Z') || between('0', b, '9') || "-._~".indexOf(b) >= 0;
    }

    private static boolean between(char first, byte b, char last) {
        return b >= first && b <= last;
    }
}
