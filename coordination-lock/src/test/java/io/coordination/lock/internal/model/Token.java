package io.coordination.lock.internal.model;

/** A fencing token: the create revision of the key, and the number of the hold in its place. */
record Token(long created, int hold) {

    static final Token NONE = new Token(0, 0);

    boolean isAbove(Token other) {
        return created > other.created || (created == other.created && hold > other.hold);
    }
}
