package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;

/**
 * Fencing tokens: the create revision of the queue key, and below it the number of the hold among those that one key
 * serves. So tokens grow from key to key and from hold to hold.
 */
final class Tokens {

    private static final int HOLD_BITS = 16;
    private static final long MAX_REVISION = 1L << (63 - HOLD_BITS);

    private Tokens() {}

    /**
     * The token of a hold.
     *
     * @throws CoordinationException {@code INTERNAL_ERROR} when the revision leaves no room: 44 years at 100,000 writes a
     *     second, but a token that wrapped around would let an old holder pass for a new one
     */
    static long of(long createRevision, int hold) {
        if (createRevision <= 0 || createRevision >= MAX_REVISION) {
            throw new CoordinationException(
                    ErrorCode.INTERNAL_ERROR, "revision " + createRevision + " does not fit into a fencing token");
        }
        return (createRevision << HOLD_BITS) | hold;
    }

    /** The number of the hold in a token. */
    static int hold(long token) {
        return (int) token & ((1 << HOLD_BITS) - 1);
    }
}
