package io.coordination.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The argument checks of the whole SDK. Each returns the checked, possibly normalised value, or throws
 * {@link ErrorCode#VALIDATION_ERROR} with a sentence that names the parameter, shows the value (cut to 60 characters), and
 * says what is allowed.
 */
public final class Checks {
    /** The longest lock name, service name or instance id, in UTF-8 bytes. */
    public static final int MAX_NAME_BYTES = 512;

    /** The longest configuration key, in UTF-8 bytes. */
    public static final int MAX_CONFIG_KEY_BYTES = 1_024;

    /** The shortest TTL: what etcd grants at least. */
    public static final Duration MIN_TTL = Duration.ofSeconds(2);

    /** The longest TTL. */
    public static final Duration MAX_TTL = Duration.ofHours(24);

    private static final int MAX_NAMESPACE_SEGMENTS = 4;
    private static final int MAX_LABEL_CHARACTERS = 128;
    // A namespace "a/config" would lie inside the configuration of the namespace "a".
    private static final Set<String> LAYOUT_WORDS = Set.of(
            "locks",
            "latches",
            "barriers",
            "counters",
            "jobs",
            "fences",
            "sessions",
            "services",
            "overrides",
            "config",
            "config-history",
            "ids");
    private static final Pattern PLAIN_SEGMENT = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private Checks() {}

    /** The exception for a bad argument, to be thrown by the caller. */
    public static CoordinationException invalid(String parameter, @Nullable Object value, String wayOut) {
        return CoordinationException.of(
                ErrorCode.VALIDATION_ERROR, parameter + " is " + Text.shown(value) + ": " + wayOut);
    }

    /** Not {@code null}. */
    public static <T> T notNull(String parameter, @Nullable T value) {
        if (value == null) {
            throw invalid(parameter, null, "give a value");
        }
        return value;
    }

    /** An unmodifiable copy of a list without {@code null}. */
    public static <T> List<T> copyOf(String parameter, @Nullable List<T> values) {
        for (T value : notNull(parameter, values)) {
            notNull("an element of " + parameter, value);
        }
        return List.copyOf(notNull(parameter, values));
    }

    /** A lock name, service name or instance id: one segment, in which {@code /} is a character like any other. */
    public static String name(String parameter, @Nullable String value) {
        String name = notNull(parameter, value);
        String problem = Text.problem(name, 0, name.length());
        if (problem != null) {
            throw invalid(parameter, name, problem);
        }
        return atMostBytes(parameter, name, MAX_NAME_BYTES);
    }

    /** A configuration key: segments separated by {@code /}. */
    public static String configKey(String parameter, @Nullable String value) {
        String key = notNull(parameter, value);
        int from = 0;
        while (from <= key.length()) {
            int slash = key.indexOf('/', from);
            int to = slash < 0 ? key.length() : slash;
            String problem = configSegmentProblem(key, from, to);
            if (problem != null) {
                throw invalid(parameter, key, problem);
            }
            from = to + 1;
        }
        return atMostBytes(parameter, key, MAX_CONFIG_KEY_BYTES);
    }

    private static @Nullable String configSegmentProblem(String key, int from, int to) {
        if (from == to) {
            return key.isEmpty()
                    ? "it must not be empty"
                    : "write it as segments with one '/' between them and none at either end";
        }
        if (key.charAt(from) == '.' && (to - from == 1 || (to - from == 2 && key.charAt(from + 1) == '.'))) {
            return "'.' and '..' are not allowed as segments";
        }
        return Text.problem(key, from, to);
    }

    /**
     * A prefix of configuration keys: empty for all of them, or a key; one {@code /} at the end is accepted and dropped,
     * because a prefix always ends at the end of a segment.
     */
    public static String configPrefix(String parameter, @Nullable String value) {
        String prefix = notNull(parameter, value);
        if (prefix.isEmpty()) {
            return prefix;
        }
        boolean trailingSlash = prefix.length() > 1 && prefix.endsWith("/");
        return configKey(parameter, trailingSlash ? prefix.substring(0, prefix.length() - 1) : prefix);
    }

    /** A namespace: 1 to 4 plain segments, none of which is reserved. */
    public static String namespace(String parameter, @Nullable String value) {
        String namespace = notNull(parameter, value);
        String[] segments = namespace.split("/", -1);
        if (segments.length > MAX_NAMESPACE_SEGMENTS) {
            throw invalid(parameter, namespace, "use at most 4 segments");
        }
        for (int i = 0; i < segments.length; i++) {
            String segment = segments[i];
            if (segment.equals("modules") || (i > 0 && LAYOUT_WORDS.contains(segment))) {
                throw invalid(parameter, namespace, "the segment '" + segment + "' is reserved, use another word");
            }
            if (!isPlainSegment(segment)) {
                throw invalid(
                        parameter,
                        namespace,
                        "use 1 to 4 segments of 1 to 64 characters A-Z a-z 0-9 . _ - with '/' between them, not '.' or '..'");
            }
        }
        return namespace;
    }

    /** The name of a module of the application. */
    public static String moduleName(String parameter, @Nullable String value) {
        String name = notNull(parameter, value);
        if (!isPlainSegment(name)) {
            throw invalid(parameter, name, "use 1 to 64 characters A-Z a-z 0-9 . _ -, not '.' or '..'");
        }
        return name;
    }

    private static boolean isPlainSegment(String text) {
        return PLAIN_SEGMENT.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    /** A short text for people: 1 to 128 characters under the rules of names. */
    public static String label(String parameter, @Nullable String value) {
        String label = name(parameter, value);
        if (label.length() > MAX_LABEL_CHARACTERS) {
            throw invalid(parameter, label, "use at most 128 characters");
        }
        return label;
    }

    /** Text of any length, even none, that can be written as UTF-8. */
    public static String wellFormed(String parameter, @Nullable String value) {
        String text = notNull(parameter, value);
        if (!Text.isWellFormed(text)) {
            throw invalid(parameter, text, "it must be well-formed Unicode, without half surrogate pairs");
        }
        return text;
    }

    /** Text of at most so many bytes in UTF-8, even none. */
    public static String textOf(String parameter, @Nullable String value, int maxBytes) {
        return atMostBytes(parameter, wellFormed(parameter, value), maxBytes);
    }

    /** The length of well-formed text in UTF-8. */
    public static int utf8Length(String text) {
        return Text.utf8Length(text);
    }

    private static String atMostBytes(String parameter, String text, int limit) {
        if (text.length() > limit / 3 && Text.utf8Length(text) > limit) {
            throw invalid(parameter, text, "it is longer than " + limit + " bytes in UTF-8, use a shorter one");
        }
        return text;
    }

    /** A time to live between 2 s and 24 h, rounded up to whole seconds. */
    public static Duration ttl(String parameter, @Nullable Duration value) {
        Duration ttl = between(parameter, value, MIN_TTL, MAX_TTL);
        return ttl.getNano() == 0 ? ttl : Duration.ofSeconds(ttl.getSeconds() + 1);
    }

    /** A duration of zero or more. */
    public static Duration notNegative(String parameter, @Nullable Duration value) {
        Duration duration = notNull(parameter, value);
        if (duration.isNegative()) {
            throw invalid(parameter, duration, "it must not be negative");
        }
        return duration;
    }

    /** A number of zero or more. */
    public static long notNegative(String parameter, long value) {
        if (value < 0) {
            throw invalid(parameter, value, "it must not be negative");
        }
        return value;
    }

    /** A duration with a lower limit. */
    public static Duration atLeast(String parameter, @Nullable Duration value, Duration min) {
        Duration duration = notNull(parameter, value);
        if (duration.compareTo(min) < 0) {
            throw invalid(parameter, duration, "it must be at least " + Durations.text(min));
        }
        return duration;
    }

    /** A duration between two limits, both included. */
    public static Duration between(String parameter, @Nullable Duration value, Duration min, Duration max) {
        Duration duration = notNull(parameter, value);
        if (duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            throw invalid(
                    parameter, duration, "it must be between " + Durations.text(min) + " and " + Durations.text(max));
        }
        return duration;
    }

    /** A number between two limits, both included. */
    public static int between(String parameter, int value, int min, int max) {
        if (value < min || value > max) {
            throw invalid(parameter, value, "it must be between " + min + " and " + max);
        }
        return value;
    }

    /** A number between two limits, both included; never NaN. */
    public static double between(String parameter, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw invalid(parameter, value, "it must be between " + min + " and " + max);
        }
        return value;
    }
}
