package io.coordination.lock.internal;

import io.coordination.store.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * What a claim asks for.
 *
 * @param queues the queues; the claim has one key in each
 * @param capacity what the keys of a queue share
 * @param wanted how much of it the claim takes
 * @param ttl of the lease
 * @param fixedTtl whether the lease is the claim's own and runs out one TTL after the grant
 * @param waits whether it waits for room
 * @param value what the keys are put with, made for the identity of the lease's session
 */
record ClaimTerms(
        List<QueueKeys> queues,
        Capacity capacity,
        long wanted,
        Duration ttl,
        boolean fixedTtl,
        boolean waits,
        Function<Bytes, Bytes> value) {}
