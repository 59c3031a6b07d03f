package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value made of records, lists, maps, sets, numbers, texts and constants as a row of numbers that is equal for equal values.
 *
 * <p>Numbers from {@link #REVISIONS} on are revisions of the server. Of those only the order counts: two states that differ in
 * nothing but the distances between their revisions behave alike, so {@link #digest} hashes the rank of each among all.
 */
final class Flattening {

    /** The first revision of a server; every other number is smaller. */
    static final long REVISIONS = 1L << 40;

    /** A constant of the search that is told from all others by a number. */
    interface Numbered {
        /** The number. */
        long identity();
    }

    private static final Pattern REVISION = Pattern.compile("\\b1[0-9]{12}\\b");

    private final Renaming renaming;
    private long[] row = new long[64];
    private int size;

    Flattening(Renaming renaming) {
        this.renaming = renaming;
    }

    /** A text in which revisions are counted from 1. */
    static String readable(String text) {
        return REVISION.matcher(text)
                .replaceAll(found -> String.valueOf(Long.parseLong(found.group()) - REVISIONS + 1));
    }

    private long[] rowOf(@Nullable Object value) {
        return new Flattening(renaming).add(value).row();
    }

    long[] row() {
        return Arrays.copyOf(row, size);
    }

    private void number(long number) {
        if (size == row.length) {
            row = Arrays.copyOf(row, 2 * size);
        }
        row[size++] = number;
    }

    @SuppressWarnings("EnumOrdinal") // hashes are compared within one search only
    Flattening add(@Nullable Object value) {
        if (value instanceof Numbered numbered) {
            number(numbered.identity());
        } else if (value instanceof PlaceMode mode) {
            number(1_000L * mode.kind() + mode.permits());
        } else if (value instanceof Message message) {
            add(message.flat(renaming));
        } else if (value instanceof Number number) {
            long plain = number.longValue();
            number(Renaming.isLease(plain) ? renaming.lease(plain) : plain);
        } else if (value instanceof CharSequence text) {
            number(hash(Renaming.isKey(text) ? renaming.key(text) : text));
        } else if (value instanceof Boolean yes) {
            number(yes ? 1 : 0);
        } else if (value instanceof Character character) {
            number(character);
        } else if (value instanceof Enum<?> constant) {
            number(constant.ordinal());
        } else if (value instanceof long[] flat) {
            for (long number : flat) {
                number(number);
            }
        } else if (value instanceof List<?> list) {
            addAll(list);
        } else if (value instanceof Map<?, ?> map) {
            addSorted(map.entrySet());
        } else if (value instanceof Set<?> set) {
            addSorted(set);
        } else if (value instanceof Map.Entry<?, ?> entry) {
            add(entry.getKey()).add(entry.getValue());
        } else if (value == null) {
            number(-1);
        } else {
            addAll(Components.of(value));
        }
        return this;
    }

    private void addAll(List<?> list) {
        number(list.size());
        list.forEach(this::add);
    }

    /** Values whose order is of no account, in an order that renaming revisions does not change. */
    Flattening addSorted(Collection<?> values) {
        number(values.size());
        if (values.size() == 1) {
            return add(values.iterator().next());
        }
        values.stream().map(this::rowOf).sorted(Arrays::compare).forEach(this::add);
        return this;
    }

    /** A text is shorter than a revision and longer than a small number. */
    private static long hash(CharSequence text) {
        long hash = text.length();
        for (int at = 0; at < text.length(); at++) {
            hash = hash * 1_000_003 + text.charAt(at);
        }
        return Math.floorMod(hash, REVISIONS);
    }

    void digest(StateHash into) {
        long[] revisions = Arrays.stream(row, 0, size)
                .filter(number -> number >= REVISIONS)
                .sorted()
                .distinct()
                .toArray();
        for (int at = 0; at < size; at++) {
            into.add(row[at] < REVISIONS ? row[at] : REVISIONS + Arrays.binarySearch(revisions, row[at]));
        }
    }
}
