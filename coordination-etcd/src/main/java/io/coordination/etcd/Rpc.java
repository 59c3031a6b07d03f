package io.coordination.etcd;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.function.Function;

/**
 * A call to be made.
 *
 * @param method the RPC
 * @param request its request
 * @param convert turns the answer into the result; may refuse it with a {@link io.coordination.CoordinationException}
 * @param kind how it may be treated
 * @param verb what it does, for messages
 * @param subject what it does it to, for messages; never a value
 * @param timeout the limit for all attempts together
 * @param <Q> the request
 * @param <R> the answer
 * @param <T> the result
 */
record Rpc<Q, R, T>(
        MethodDescriptor<Q, R> method,
        Q request,
        Function<R, T> convert,
        CallKind kind,
        String verb,
        String subject,
        Duration timeout) {

    /** The call as the subject of a sentence. */
    String description() {
        return verb + " '" + subject + "'";
    }
}
