package io.coordination;

/**
 * What a {@link Coordinator} knows about its sessions with the server: the worst of them counts.
 *
 * <pre>
 * CONNECTING → CONNECTED ⇄ SUSPECT → LOST → CONNECTED …        any → CLOSED
 * </pre>
 */
public enum ConnectionState {
    /** Nothing was acknowledged yet. */
    CONNECTING,
    /** Renewals are acknowledged in time. */
    CONNECTED,
    /** A renewal is overdue; locks are still held, and {@code remaining()} is running out. */
    SUSPECT,
    /**
     * A session ended: the locks on it are lost for good. Registrations come back, and new locks get a new session, when
     * the server is reachable again; the state is then {@link #CONNECTED}.
     */
    LOST,
    /** The coordinator was closed; final. */
    CLOSED
}
