package io.coordination.lock.internal.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The states that were met, as hashes, each with the step that led to it first: 16 bytes for the hash at a load of at most
 * two thirds, 8 for the way back.
 */
final class VisitedStates {

    private static final int SMALLEST = 1 << 14;

    private long[] table = new long[2 * SMALLEST];
    private int[] parents = new int[SMALLEST];
    private int[] stepNumbers = new int[SMALLEST];
    private int size;

    int size() {
        return size;
    }

    /**
     * Notes a state that was reached by a step of another one.
     *
     * @param parent the number of the state before; -1 for none
     * @param stepNumber the position of the step among those of the state before
     * @return whether the state is new; then its number is the {@link #size()} of before
     */
    boolean add(StateHash hash, int parent, int stepNumber) {
        if (!insert(table, hash.first(), hash.second())) {
            return false;
        }
        if (size == parents.length) {
            parents = Arrays.copyOf(parents, 2 * size);
            stepNumbers = Arrays.copyOf(stepNumbers, 2 * size);
        }
        parents[size] = parent;
        stepNumbers[size] = stepNumber;
        size++;
        if (3L * size > table.length) {
            grow();
        }
        return true;
    }

    /** The positions of the steps that lead from the beginning to a state. */
    List<Integer> wayTo(int state) {
        List<Integer> way = new ArrayList<>();
        for (int at = state; parents[at] >= 0; at = parents[at]) {
            way.add(stepNumbers[at]);
        }
        Collections.reverse(way);
        return way;
    }

    private void grow() {
        long[] larger = new long[2 * table.length];
        for (int at = 0; at < table.length; at += 2) {
            if (table[at + 1] != 0) {
                insert(larger, table[at], table[at + 1]);
            }
        }
        table = larger;
    }

    private static boolean insert(long[] into, long first, long second) {
        int at = (int) first << 1 & into.length - 1;
        while (into[at + 1] != 0) {
            if (into[at] == first && into[at + 1] == second) {
                return false;
            }
            at = at + 2 & into.length - 1;
        }
        into[at] = first;
        into[at + 1] = second;
        return true;
    }
}
