package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a lock with placeholders, parsed once.
 *
 * <p>An escaped value has only letters, digits and {@code %}. Between two placeholders stands a character that is none of
 * these, so where a value ends can be seen in the name, and different values never give the same name. Immutable.
 */
final class KeyPattern {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Pattern NO_SEPARATOR = Pattern.compile("[A-Za-z0-9%]*");
    private static final String HEX = "0123456789ABCDEF";

    private final String pattern;
    private final List<String> texts; // around the placeholders, one more than there are
    private final List<String> names;

    private KeyPattern(String pattern, List<String> texts, List<String> names) {
        this.pattern = pattern;
        this.texts = List.copyOf(texts);
        this.names = List.copyOf(names);
    }

    static KeyPattern parse(@Nullable String given) {
        String pattern = Checks.name("pattern", given);
        List<String> texts = new ArrayList<>();
        List<String> names = new ArrayList<>();
        Matcher matcher = PLACEHOLDER.matcher(pattern);
        int from = 0;
        while (matcher.find()) {
            texts.add(text(pattern, from, matcher.start()));
            names.add(matcher.group(1));
            from = matcher.end();
        }
        texts.add(text(pattern, from, pattern.length()));
        requireSeparate(pattern, texts, names);
        return new KeyPattern(pattern, texts, names);
    }

    private static String text(String pattern, int from, int to) {
        String text = pattern.substring(from, to);
        if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
            throw Checks.invalid(
                    "pattern", pattern, "write placeholders as {name}, of letters, digits and _, and no other braces");
        }
        return text;
    }

    private static void requireSeparate(String pattern, List<String> texts, List<String> names) {
        if (names.isEmpty()) {
            throw Checks.invalid(
                    "pattern", pattern, "it has no placeholder such as {id}; use acquire for a fixed name");
        }
        for (int i = 1; i < names.size(); i++) {
            if (NO_SEPARATOR.matcher(texts.get(i)).matches()) {
                throw Checks.invalid(
                        "pattern",
                        pattern,
                        "put a character that is neither a letter, a digit nor % between {" + names.get(i - 1)
                                + "} and {" + names.get(i) + "}");
            }
        }
    }

    @Override
    public String toString() {
        return pattern;
    }

    List<String> placeholders() {
        return names.stream().distinct().toList();
    }

    String keyOf(@Nullable Map<String, ?> given) {
        Map<String, ?> values = Checks.notNull("values", given);
        for (Object name : values.keySet()) {
            if (name == null || !names.contains(name)) {
                throw Checks.invalid("values", name, "pattern '" + pattern + "' has no such placeholder");
            }
        }
        StringBuilder key = new StringBuilder(texts.get(0));
        for (int i = 0; i < names.size(); i++) {
            appendEscaped(key, textOf(names.get(i), values.get(names.get(i))));
            key.append(texts.get(i + 1));
        }
        return Checks.name("key", key.toString());
    }

    private String textOf(String name, @Nullable Object value) {
        String placeholder = "value of {" + name + "}";
        if (value == null) {
            throw Checks.invalid(placeholder, null, "pattern '" + pattern + "' needs a value for it");
        }
        String text = Checks.wellFormed(placeholder, plain(placeholder, value));
        if (text.isEmpty()) {
            throw Checks.invalid(placeholder, text, "it must not be empty");
        }
        return text;
    }

    private static String plain(String placeholder, Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        boolean suitable = value instanceof CharSequence
                || value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof UUID;
        if (!suitable) {
            throw unsuitable(placeholder, value);
        }
        return value.toString();
    }

    private static CoordinationException unsuitable(String placeholder, Object value) {
        return Checks.invalid(
                placeholder,
                "of " + value.getClass().getName(),
                "use text, a whole number, a boolean, a character, a UUID or an enum constant");
    }

    private static void appendEscaped(StringBuilder key, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
            if (plain) {
                key.append((char) b);
            } else {
                key.append('%').append(HEX.charAt((b >> 4) & 0xF)).append(HEX.charAt(b & 0xF));
            }
        }
    }
}
