package io.coordination.lock.internal.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Visits every state that a system can come to, nearest first, so that the first violation has a shortest trace. The same
 * system is always searched in the same order.
 *
 * @param <S> a state
 */
public final class Explorer<S> {

    private final StateSpace<S> space;
    private final int mostStates;
    private final VisitedStates visited = new VisitedStates();
    private final Queue<S> frontier = new ArrayDeque<>();
    private long steps;
    private int rests;

    /**
     * A search that is not begun yet.
     *
     * @param mostStates after how many states it is given up
     */
    public Explorer(StateSpace<S> space, int mostStates) {
        this.space = space;
        this.mostStates = mostStates;
    }

    /** Searches until every state was visited, one is broken, or there are too many of them. */
    public Exploration run() {
        S first = space.initial();
        visited.add(hash(first), -1, 0);
        frontier.add(first);
        int depth = 0;
        int explored = 0;
        int endOfLevel = 1;
        while (!frontier.isEmpty()) {
            if (explored == endOfLevel) {
                depth++;
                endOfLevel = visited.size();
            }
            Optional<String> broken = expand(frontier.remove(), explored);
            if (broken.isPresent()) {
                return result(depth, false, Optional.of(violation(broken.get(), explored)));
            }
            explored++;
            if (visited.size() >= mostStates) {
                return result(depth, false, Optional.empty());
            }
        }
        return result(depth, true, Optional.empty());
    }

    private Optional<String> expand(S state, int number) {
        Optional<String> broken = space.broken(state);
        if (broken.isPresent()) {
            return broken;
        }
        boolean rests = true;
        int stepNumber = 0;
        for (Step<S> step : space.steps(state)) {
            rests &= !step.certain();
            steps++;
            if (visited.add(hash(step.next()), number, stepNumber)) {
                frontier.add(step.next());
            }
            stepNumber++;
        }
        if (!rests) {
            return Optional.empty();
        }
        this.rests++;
        return space.brokenAtRest(state);
    }

    private StateHash hash(S state) {
        StateHash hash = new StateHash();
        space.digest(state, hash);
        return hash;
    }

    private Exploration result(int depth, boolean complete, Optional<Exploration.Violation> violation) {
        return new Exploration(visited.size(), steps, depth, rests, complete, violation);
    }

    /** Goes the way once more, this time with names. */
    private Exploration.Violation violation(String what, int number) {
        List<String> trace = new ArrayList<>();
        S state = space.initial();
        for (int stepNumber : visited.wayTo(number)) {
            Step<S> step = space.steps(state).get(stepNumber);
            trace.add(step.name().get());
            state = step.next();
        }
        trace.add("=> " + state);
        return new Exploration.Violation(what, trace);
    }
}
