package io.coordination.tests.consistency;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides whether a history of one register can be explained by operations that take effect one at a time, each between its
 * call and its answer. A search in the manner of Wing and Gong, which remembers, as Lowe does, which combinations of done
 * operations and value led nowhere.
 *
 * <p>The register begins {@linkplain Operation#ABSENT absent}. Operations that surely failed are not part of a history.
 */
final class Linearizability {

    private static final int MOST_STEPS = 3_000_000;

    private final List<Operation> operations;
    private final BitSet answered = new BitSet();
    private final Set<Configuration> deadEnds = new HashSet<>();
    private int steps;

    private Linearizability(List<Operation> history) {
        operations = new ArrayList<>(history);
        dropUnnoticed();
        operations.sort(Comparator.comparingLong(Operation::invoked));
        for (int i = 0; i < operations.size(); i++) {
            answered.set(i, operations.get(i).isAnswered());
        }
    }

    /**
     * Whether a history is linearizable.
     *
     * @throws IllegalStateException when that takes too long to find out
     */
    static boolean holds(List<Operation> history) {
        Linearizability search = new Linearizability(history);
        return search.canFinish(new BitSet(), Operation.ABSENT);
    }

    /**
     * An unanswered operation whose value nobody met explains nothing: whatever order there is with it, there is one without.
     */
    private void dropUnnoticed() {
        int before;
        do {
            before = operations.size();
            Set<Long> met = operations.stream()
                    .filter(operation -> operation.kind() != Operation.Kind.WRITE)
                    .map(Operation::observed)
                    .collect(Collectors.toSet());
            operations.removeIf(
                    operation -> !operation.isAnswered() && (!operation.changes() || !met.contains(operation.value())));
        } while (operations.size() < before);
    }

    private boolean canFinish(BitSet done, long state) {
        if (isComplete(done)) {
            return true;
        }
        if (++steps > MOST_STEPS) {
            throw new IllegalStateException(
                    "a history of " + operations.size() + " operations is too tangled to check");
        }
        if (!deadEnds.add(new Configuration((BitSet) done.clone(), state))) {
            return false;
        }
        long firstAnswer = firstAnswer(done);
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            Operation next = operations.get(i);
            if (next.invoked() > firstAnswer) {
                return false;
            }
            if (next.fits(state)) {
                done.set(i);
                if (canFinish(done, next.after(state))) {
                    return true;
                }
                done.clear(i);
            }
        }
        return false;
    }

    /** Unanswered operations need not have taken effect. */
    private boolean isComplete(BitSet done) {
        BitSet missing = (BitSet) answered.clone();
        missing.andNot(done);
        return missing.isEmpty();
    }

    /** Whatever begins after this moment cannot be the next to take effect. */
    private long firstAnswer(BitSet done) {
        long first = Operation.NEVER;
        for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
            first = Math.min(first, operations.get(i).returned());
        }
        return first;
    }

    /** What has taken effect, and what that led to. */
    private record Configuration(BitSet done, long state) {}
}
