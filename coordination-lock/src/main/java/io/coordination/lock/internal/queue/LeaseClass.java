package io.coordination.lock.internal.queue;

import java.time.Duration;

/**
 * Which leases a request can be served from.
 *
 * @param ttl the TTL that was asked for
 * @param ofItsOwn whether it needs a lease that nothing else hangs on
 */
public record LeaseClass(Duration ttl, boolean ofItsOwn) {}
