package io.coordination.tests.consistency;

import io.coordination.store.Bytes;
import java.util.concurrent.atomic.AtomicLong;

/** The keys of a run below one root, and numbers that are never given twice. */
final class Names {

    static final String ROOT = "/chaos/";
    static final String REGISTERS = ROOT + "registers/";
    static final String GROUPS = ROOT + "groups/";
    static final String LEASED = ROOT + "leased/";
    static final String ONCE = ROOT + "once/";
    static final String TWICE = ROOT + "twice/";
    static final String MARKER = "marker";

    private final AtomicLong numbers = new AtomicLong();

    /** A number of its own for each operation; never 0. */
    long next() {
        return numbers.incrementAndGet();
    }

    static Bytes value(long number) {
        return Bytes.utf8(Long.toString(number));
    }

    static long number(Bytes value) {
        return Long.parseLong(value.utf8());
    }
}
