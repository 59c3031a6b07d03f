package io.coordination.tests.lockchaos;

import io.coordination.testkit.LockObservation;
import io.coordination.tests.lockchaos.Increment.Outcome;
import io.coordination.tests.lockchaos.Journal.Entry;
import io.coordination.tests.lockchaos.Journal.Entry.What;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What processes wrote in their journals, together. Not thread-safe. */
final class History {

    private final List<LockObservation> observations = new ArrayList<>();
    private final List<Increment> increments = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();

    List<LockObservation> observations() {
        return observations;
    }

    List<Increment> increments() {
        return increments;
    }

    List<String> broken() {
        return broken;
    }

    /** How often what happened. */
    Map<String, Integer> counts() {
        return counts;
    }

    void broken(String what) {
        broken.add(what);
    }

    void add(History other) {
        observations.addAll(other.observations);
        increments.addAll(other.increments);
        broken.addAll(other.broken);
        other.counts.forEach((what, count) -> counts.merge(what, count, Integer::sum));
    }

    /**
     * Adds the journal of a process.
     *
     * @param name the process
     * @param started the monotonic clock of this process before it started that one
     * @param entries what it wrote
     * @param mustHaveEnded whether it was left alone, and so must have finished everything
     */
    void add(String name, long started, List<Entry> entries, boolean mustHaveEnded) {
        Set<String> open = new HashSet<>();
        Map<String, Increment> tried = new HashMap<>();
        for (Entry entry : entries) {
            counts.merge(entry.what().name(), 1, Integer::sum);
            switch (entry.what()) {
                case BEGAN -> checkClock(name, started, entry.number(0));
                case ASKED -> open.add(entry.fact(0));
                case ANSWERED -> {
                    open.remove(entry.fact(0));
                    counts.merge("answered " + entry.fact(1), 1, Integer::sum);
                }
                case HELD -> observations.add(LockUser.observation(name, entry));
                case WRITING ->
                    tried.put(entry.fact(0) + ' ' + entry.fact(1), increment(entry, entry.number(2), Outcome.UNKNOWN));
                case WROTE -> {
                    counts.merge("wrote " + entry.fact(2), 1, Integer::sum);
                    tried.computeIfPresent(
                            entry.fact(0) + ' ' + entry.fact(1),
                            (key, trial) -> increment(entry, trial.count(), Outcome.valueOf(entry.fact(2))));
                }
                case BROKEN -> broken("process " + name + ": " + entry.fact(0));
                case SERVED, ENDED -> {}
            }
        }
        increments.addAll(tried.values());
        if (mustHaveEnded) {
            checkEnd(name, entries, open);
        }
    }

    private static Increment increment(Entry entry, long count, Outcome outcome) {
        return new Increment(entry.fact(0), entry.number(1), count, outcome);
    }

    /** Only if the clocks of all processes are one may their times be compared. */
    private void checkClock(String name, long started, long began) {
        if (began < started || began > System.nanoTime()) {
            broken("process " + name + " has another monotonic clock than we: it began at " + began
                    + " by its own, and was started at " + started + " by ours");
        }
    }

    private void checkEnd(String name, List<Entry> entries, Set<String> open) {
        if (!open.isEmpty()) {
            broken("process " + name + " has requests without an answer: " + open);
        }
        if (entries.isEmpty() || entries.get(entries.size() - 1).what() != What.ENDED) {
            broken("process " + name + " did not close everything");
        }
    }
}
