package io.coordination.registry;

/** Where a {@link Registration} stands. */
public enum RegistrationState {
    /** Not in the registry now: the first commit, or the return after an outage, is under way. */
    PENDING,
    /** In the registry, as far as this process knows. */
    REGISTERED,
    /** Withdrawn; final. */
    CLOSED
}
