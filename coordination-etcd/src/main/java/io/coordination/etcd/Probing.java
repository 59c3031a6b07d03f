package io.coordination.etcd;

/**
 * How a silent stream is probed: with a progress request on the stream itself, which finds a dead stream on a living member
 * too. Where such requests stay unanswered several times in a row (etcd's own gRPC proxy drops them) a call to the same
 * member takes their place. Confined to the serial executor of all watches.
 *
 * <p>What the answer says is not used: before 3.5.8 and 3.4.25 it could be ahead of the events.
 */
final class Probing {

    private static final int MOST_DOUBTS = 3;

    private int doubts;

    /** Whether progress requests are answered, as far as is known. */
    boolean isByStream() {
        return doubts < MOST_DOUBTS;
    }

    void answered() {
        doubts = 0;
    }

    void unanswered() {
        doubts++;
    }
}
