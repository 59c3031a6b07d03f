package io.coordination.tests.consistency;

/**
 * What a caller knows of one operation on a register: when it asked, when it heard, and what.
 *
 * @param kind what it does
 * @param expected the value that a swap needs to find; otherwise 0
 * @param value what a read saw, or what a write or a swap puts; {@link #ABSENT} for no value
 * @param invoked a moment before the operation was sent
 * @param returned a moment after its answer came, or {@link #NEVER}: it may take effect at any later time, or never
 */
record Operation(Kind kind, long expected, long value, long invoked, long returned) {

    static final long ABSENT = 0;
    static final long NEVER = Long.MAX_VALUE;

    /** What an operation does. */
    enum Kind {
        READ,
        WRITE,
        SWAP
    }

    static Operation read(long value, long invoked, long returned) {
        return new Operation(Kind.READ, ABSENT, value, invoked, returned);
    }

    static Operation write(long value, long invoked, long returned) {
        return new Operation(Kind.WRITE, ABSENT, value, invoked, returned);
    }

    /** A compare-and-set that succeeded, or whose answer is not known. One that failed is the read of what it found. */
    static Operation swap(long expected, long value, long invoked, long returned) {
        return new Operation(Kind.SWAP, expected, value, invoked, returned);
    }

    /** The same with its answer lost. */
    Operation unanswered() {
        return new Operation(kind, expected, value, invoked, NEVER);
    }

    boolean isAnswered() {
        return returned != NEVER;
    }

    boolean changes() {
        return kind != Kind.READ;
    }

    /** Whether a register with a value could have answered like this. */
    boolean fits(long state) {
        return switch (kind) {
            case READ -> value == state;
            case WRITE -> true;
            case SWAP -> expected == state;
        };
    }

    /** The value of the register afterwards. */
    long after(long state) {
        return changes() ? value : state;
    }

    /** The value that this operation proves to have been there, unless it is a write. */
    long observed() {
        return kind == Kind.READ ? value : expected;
    }
}
