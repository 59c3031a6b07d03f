package io.coordination.store;

import io.coordination.Instrumentation;
import java.util.concurrent.Executor;

/**
 * What all calls of users' listeners share.
 *
 * @param threads the executor that user code runs on
 * @param time the clock that tells when a call takes long
 * @param observer hears of listeners that fail or are slow; shielded
 */
public record ListenerCalls(Executor threads, TimeSource time, Instrumentation.Listeners observer) {

    /** The calls of the listeners that a recipe has. */
    public static ListenerCalls of(Environment env) {
        return of(env.callbacks(), env.time(), env.options().instrumentation());
    }

    /** The calls on an executor, observed by an instrumentation. */
    public static ListenerCalls of(Executor threads, TimeSource time, Instrumentation instrumentation) {
        return new ListenerCalls(
                threads, time, ShieldedInstrumentation.of(instrumentation).listeners());
    }

    void failed() {
        observer.failed();
    }

    void overtaken(int skipped) {
        observer.overtaken(skipped);
    }
}
