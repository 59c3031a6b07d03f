package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.QueueTimer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is searched: the threads of each process with their wishes, how often what may go wrong, and the rules left out.
 *
 * @param processes for each process its threads
 * @param details what takes time of its own
 * @param only what violations are looked for: those that begin with it
 * @param timers the timers that may run out, at any time; the others never do
 */
record Scenario(
        List<List<ModelThread>> processes,
        Map<Fault, Integer> faults,
        Set<Rule> dropped,
        Set<QueueTimer> timers,
        Set<Detail> details,
        String only) {

    static Scenario empty() {
        return new Scenario(
                List.of(),
                Map.of(),
                Set.of(),
                EnumSet.of(QueueTimer.PAUSE, QueueTimer.READ_AGAIN, QueueTimer.PATIENCE),
                Set.of(Detail.LATE_CALLS, Detail.LATE_READS),
                "");
    }

    /** One more process with one thread for each list of wishes. */
    @SafeVarargs
    final Scenario process(List<Wish>... threads) {
        List<ModelThread> mine = new ArrayList<>();
        for (List<Wish> wishes : threads) {
            List<Wish> script = new ArrayList<>();
            for (Wish wish : wishes) {
                script.add(wish.of(mine.size(), script.size()));
            }
            mine.add(ModelThread.of(script));
        }
        List<List<ModelThread>> more = new ArrayList<>(processes);
        more.add(List.copyOf(mine));
        return new Scenario(List.copyOf(more), faults, dropped, timers, details, only);
    }

    Scenario with(Fault... more) {
        Map<Fault, Integer> all = new EnumMap<>(Fault.class);
        all.putAll(faults);
        for (Fault fault : more) {
            all.merge(fault, 1, Integer::sum);
        }
        return new Scenario(processes, all, dropped, timers, details, only);
    }

    Scenario without(Rule... rules) {
        return new Scenario(processes, faults, Set.of(rules), timers, details, only);
    }

    Scenario timer(QueueTimer timer) {
        Set<QueueTimer> more = EnumSet.copyOf(timers);
        more.add(timer);
        return new Scenario(processes, faults, dropped, more, details, only);
    }

    Scenario in(Detail... more) {
        return new Scenario(processes, faults, dropped, timers, Set.of(more), only);
    }

    /** Looks for violations of one invariant only. */
    Scenario lookingFor(String invariant) {
        return new Scenario(processes, faults, dropped, timers, details, invariant);
    }
}
