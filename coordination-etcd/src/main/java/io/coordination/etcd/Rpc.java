package io.coordination.etcd;

import io.coordination.Instrumentation;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.function.Function;

/**
 * A call to be made.
 *
 * @param operation what kind of call it is
 * @param request its request
 * @param convert turns the answer into the result; may refuse it with a {@link io.coordination.CoordinationException}
 * @param kind how it may be treated
 * @param subject what it is about, for messages; never a value
 * @param timeout the limit for all attempts together
 * @param <Q> the request
 * @param <R> the answer
 * @param <T> the result
 */
record Rpc<Q, R, T>(
        Operation<Q, R> operation, Q request, Function<R, T> convert, CallKind kind, String subject, Duration timeout) {

    /** A call that nobody outside hears of. */
    Rpc(
            MethodDescriptor<Q, R> method,
            Q request,
            Function<R, T> convert,
            CallKind kind,
            String verb,
            String subject,
            Duration timeout) {
        this(new Operation<>(method, verb, Instrumentation.Calls.NONE), request, convert, kind, subject, timeout);
    }

    /** The RPC. */
    MethodDescriptor<Q, R> method() {
        return operation.method();
    }

    /** The call as the subject of a sentence. */
    String description() {
        return operation.verb() + " '" + subject + "'";
    }
}
