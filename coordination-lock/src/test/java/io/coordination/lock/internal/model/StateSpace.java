package io.coordination.lock.internal.model;

import java.util.List;
import java.util.Optional;

/**
 * A system to be searched: where it begins, what can happen next, and what must be true.
 *
 * @param <S> a state; never changed once it was handed out
 */
public interface StateSpace<S> {

    /** The state in which everything begins. */
    S initial();

    /** All that can happen in a state, always in the same order. */
    List<Step<S>> steps(S state);

    /** What is broken in a state, whatever may happen next. */
    Optional<String> broken(S state);

    /** What is broken in a state in which nothing more happens by itself: all that was begun must have ended. */
    Optional<String> brokenAtRest(S state);

    /** Feeds everything that decides about the future of a state, and nothing else, into a hash. */
    void digest(S state, StateHash into);
}
