package io.coordination.store.session;

/**
 * Hears how a session fares, in order, on threads of the engine and of the time source: calls must be short and must not
 * block. The end is told by {@link Session#onLost}.
 */
public interface SessionListener {

    /** A renewal was acknowledged. */
    default void renewed() {}

    /** No renewal was acknowledged for half the TTL. The next one that is acknowledged ends the doubt. */
    default void suspected() {}
}
