package io.coordination.store.session;

import java.util.Optional;

/**
 * The end of a session.
 *
 * @param reason why
 * @param cause the last failure of a renewal, where there was one
 */
public record SessionLoss(SessionLossReason reason, Optional<Throwable> cause) {}
