package io.coordination.lock.internal.queue;

/** To whom of this process a lock may go when a hold of it ends. */
public enum HandOver {
    /** To nobody: what was begun under the token can still take effect. */
    NEVER,
    /** To a request that waits already; if there is none the key goes at once, because somebody waits for that. */
    AT_ONCE,
    /** To a request that waits already, or comes in a moment: many a thread that closes a lock wants it again. */
    SOON
}
