package io.coordination.tests.lockchaos;

import io.coordination.tests.chaos.FaultPlan;
import io.coordination.tests.chaos.PlannedFault;
import io.coordination.tests.lockchaos.ProcessFault.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which faults meet the processes, their connections and the members: the same for the same seed. Immutable.
 *
 * @param network the faults of members and connections
 * @param processes the faults of processes, one at a time: whoever is gone has all who wait behind it wait for the TTL
 */
record LockChaosPlan(FaultPlan network, List<ProcessFault> processes) {

    private static final int SHORTEST_PEACE_MILLIS = 2_000;
    private static final int LONGEST_PEACE_MILLIS = 8_000;
    private static final int LONGEST_ABSENCE_MILLIS = 2_000;

    LockChaosPlan {
        processes = List.copyOf(processes);
    }

    /**
     * A random plan.
     *
     * @param faults where faults may happen
     * @param ttl of the locks: who is frozen is frozen for longer
     * @param length by then all faults have ended
     */
    static LockChaosPlan random(
            long seed, FaultScope faults, Duration ttl, Duration length, int processes, int members) {
        FaultPlan all = FaultPlan.random(seed, length, processes, members);
        FaultPlan network = new FaultPlan(
                faults == FaultScope.CLIENTS_AND_MEMBERS ? everySecond(all.members()) : List.of(),
                all.clients().stream().map(LockChaosPlan::everySecond).toList());
        return new LockChaosPlan(network, sequence(new Random(~seed), ttl, length, processes));
    }

    /** Each hold needs some peace, and each fault of a holder is one of all who wait behind it. */
    private static List<PlannedFault> everySecond(List<PlannedFault> faults) {
        return IntStream.range(0, faults.size())
                .filter(index -> index % 2 == 0)
                .mapToObj(faults::get)
                .toList();
    }

    private static List<ProcessFault> sequence(Random random, Duration ttl, Duration length, int processes) {
        List<ProcessFault> faults = new ArrayList<>();
        Duration free = Duration.ZERO;
        while (true) {
            Duration begin = free.plusMillis(
                    SHORTEST_PEACE_MILLIS + random.nextInt(LONGEST_PEACE_MILLIS - SHORTEST_PEACE_MILLIS));
            int process = random.nextInt(processes);
            ProcessFault fault = random.nextBoolean()
                    ? new ProcessFault(
                            Kind.KILL, process, begin, Duration.ofMillis(random.nextInt(LONGEST_ABSENCE_MILLIS)))
                    : new ProcessFault(Kind.FREEZE, process, begin, ttl.plusMillis(500 + random.nextInt(3_000)));
            if (fault.end().compareTo(length) > 0) {
                return faults;
            }
            faults.add(fault);
            free = fault.end();
        }
    }

    /** One line a fault. */
    @Override
    public String toString() {
        return processes.stream().map(ProcessFault::toString).collect(Collectors.joining("\n  ", network + "\n  ", ""));
    }
}
