package io.coordination.lock.internal.model;

import java.util.List;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param states how many different states were met
 * @param steps how many steps between them were taken
 * @param depth the length of the longest of the shortest ways
 * @param rests in how many states nothing more happens by itself
 * @param complete whether every state was met; otherwise a bound or a violation ended the search
 * @param violation the shortest way to a state that must not be
 */
public record Exploration(
        int states, long steps, int depth, int rests, boolean complete, Optional<Violation> violation) {

    /**
     * A way to a state that must not be.
     *
     * @param what what is broken in it
     * @param trace the steps that lead to it, and the state
     */
    public record Violation(String what, List<String> trace) {

        @Override
        public String toString() {
            return what + "\n  " + String.join("\n  ", trace);
        }
    }

    /** The figures in one line. */
    public String figures() {
        return "%,d states, %,d steps, depth %d, %,d at rest%s"
                .formatted(states, steps, depth, rests, complete ? ", complete" : "");
    }
}
