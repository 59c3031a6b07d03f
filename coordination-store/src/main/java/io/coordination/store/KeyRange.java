package io.coordination.store;

/**
 * A half-open range of keys: one key, all keys with a prefix, or all keys from one to another.
 *
 * @param from the first key, inclusive
 * @param to the end, exclusive; greater than {@code from}
 */
public record KeyRange(String from, String to) {

    /** Refuses an empty range. */
    public KeyRange {
        if (from.compareTo(to) >= 0) {
            throw new IllegalArgumentException("a range of keys from '" + from + "' to '" + to + "' is empty");
        }
    }

    /** The range that has exactly one key. */
    public static KeyRange key(String key) {
        return new KeyRange(key, key + '\0');
    }

    /** All keys that begin with a prefix of at least one character. */
    public static KeyRange prefix(String prefix) {
        int last = prefix.length() - 1;
        return new KeyRange(prefix, prefix.substring(0, last) + (char) (prefix.charAt(last) + 1));
    }

    /** Whether this is the range of one key. */
    public boolean isSingle() {
        return to.length() == from.length() + 1 && to.charAt(from.length()) == '\0' && to.startsWith(from);
    }

    /** Whether a key lies in this range. */
    public boolean contains(String key) {
        return key.compareTo(from) >= 0 && key.compareTo(to) < 0;
    }
}
