package io.coordination.lock.internal.model;

import java.util.function.Supplier;

/**
 * One thing that can happen.
 *
 * @param name for the reader of a trace; asked for only when there is one
 * @param certain whether it happens by itself sooner or later; otherwise it may stay away for ever, as faults do
 * @param next the state afterwards
 * @param <S> a state
 */
public record Step<S>(Supplier<String> name, boolean certain, S next) {

    /** Something that happens by itself sooner or later. */
    public static <S> Step<S> certain(Supplier<String> name, S next) {
        return new Step<>(name, true, next);
    }

    /** Something that may happen, or never. */
    public static <S> Step<S> possible(Supplier<String> name, S next) {
        return new Step<>(name, false, next);
    }
}
