package io.coordination.lock.election;

/** Why a leadership ended. */
public enum LeadershipEnd {
    /** {@link Candidacy#resign()} or {@link Candidacy#close()}. */
    RESIGNED,
    /** {@link Candidacy#stepDown()}. */
    STEPPED_DOWN,
    /** The {@linkplain LeaderOptions#maxTerm() term} was over. */
    TERM_OVER,
    /** No renewal was acknowledged in time, the server forgot the lease, or somebody else deleted the key. */
    LOST,
    /** The coordinator was closed. */
    CLOSED
}
