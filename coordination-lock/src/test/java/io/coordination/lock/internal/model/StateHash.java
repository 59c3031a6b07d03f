package io.coordination.lock.internal.model;

/**
 * A hash of 128 bits: with a hundred million states two of them share one with a probability below 10<sup>-22</sup>. It is
 * no protection against anybody who looks for collisions.
 */
public final class StateHash {

    private static final long FIRST_SEED = 0x243F6A8885A308D3L;
    private static final long SECOND_SEED = 0x13198A2E03707344L;
    private static final long FIRST_FACTOR = 0x9E3779B97F4A7C15L;
    private static final long SECOND_FACTOR = 0xD6E8FEB86659FD93L;

    private long first = FIRST_SEED;
    private long second = SECOND_SEED;

    /** Adds a number. */
    public StateHash add(long value) {
        first = mix(first ^ value, FIRST_FACTOR) + second;
        second = mix(second + value, SECOND_FACTOR) ^ first;
        return this;
    }

    /** Adds a yes or no. */
    public StateHash add(boolean value) {
        return add(value ? 1 : 2);
    }

    /** Adds a text. */
    public StateHash add(String text) {
        add(text.length());
        for (int at = 0; at < text.length(); at += 4) {
            long four = 0;
            for (int next = at; next < Math.min(at + 4, text.length()); next++) {
                four = four << 16 | text.charAt(next);
            }
            add(four);
        }
        return this;
    }

    private static long mix(long value, long factor) {
        long mixed = (value ^ value >>> 32) * factor;
        mixed = (mixed ^ mixed >>> 29) * factor;
        return mixed ^ mixed >>> 32;
    }

    /** The first half. */
    public long first() {
        return first;
    }

    /** The second half; never 0, so that 0 can mean an empty place in a table. */
    public long second() {
        return second == 0 ? 1 : second;
    }
}
