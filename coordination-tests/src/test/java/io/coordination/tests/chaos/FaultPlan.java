package io.coordination.tests.chaos;

import io.coordination.tests.chaos.PlannedFault.Kind;
import io.coordination.tests.chaos.PlannedFault.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which faults happen when: the same for the same seed. Immutable.
 *
 * <p>The members have one sequence of faults, and each client has one for its own connections. Faults of one sequence never
 * overlap and leave pauses, so that a majority always returns; those of different sequences may meet.
 *
 * @param members the faults of members, in order
 * @param clients for each client the faults of its connections, in order
 */
public record FaultPlan(List<PlannedFault> members, List<List<PlannedFault>> clients) {

    private static final Duration CALM_START = Duration.ofMillis(500);

    /** Keeps immutable copies. */
    public FaultPlan {
        members = List.copyOf(members);
        clients = clients.stream().map(List::copyOf).toList();
    }

    /**
     * A random plan.
     *
     * @param seed the same seed gives the same plan
     * @param length by then all faults have ended
     * @param clientCount how many clients have connections of their own
     * @param memberCount how many members the cluster has
     */
    public static FaultPlan random(long seed, Duration length, int clientCount, int memberCount) {
        Random seeds = new Random(seed);
        List<PlannedFault> members = sequence(seeds.nextLong(), length, Scope.MEMBERS, memberCount);
        List<List<PlannedFault>> clients = IntStream.range(0, clientCount)
                .mapToObj(client -> sequence(seeds.nextLong(), length, Scope.CLIENT, memberCount))
                .toList();
        return new FaultPlan(members, clients);
    }

    /** A plan without faults. */
    public static FaultPlan calm(int clientCount) {
        return new FaultPlan(List.of(), Collections.nCopies(clientCount, List.of()));
    }

    private static List<PlannedFault> sequence(long seed, Duration length, Scope scope, int memberCount) {
        Random random = new Random(seed);
        List<Kind> kinds =
                Stream.of(Kind.values()).filter(kind -> kind.scope() == scope).toList();
        // Members need time to come back and elect somebody, connections do not.
        int longestPause = scope == Scope.MEMBERS ? 5_000 : 2_500;
        List<PlannedFault> faults = new ArrayList<>();
        Duration free = CALM_START;
        while (true) {
            Duration begin = free.plusMillis(longestPause / 5 + random.nextInt(longestPause));
            PlannedFault fault = fault(random, kinds.get(random.nextInt(kinds.size())), begin, memberCount);
            if (fault.end().compareTo(length) > 0) {
                return faults;
            }
            faults.add(fault);
            free = fault.end();
        }
    }

    private static PlannedFault fault(Random random, Kind kind, Duration begin, int memberCount) {
        int range = kind.longestMillis() - kind.shortestMillis();
        Duration length = Duration.ofMillis(kind.shortestMillis() + random.nextInt(range + 1));
        List<Integer> shuffled = IntStream.range(0, memberCount).boxed().collect(Collectors.toList());
        Collections.shuffle(shuffled, random);
        return new PlannedFault(kind, begin, length, shuffled.subList(0, howMany(random, kind, memberCount)));
    }

    private static int howMany(Random random, Kind kind, int memberCount) {
        int majority = memberCount / 2 + 1;
        return switch (kind) {
            case KILL, PAUSE -> 1;
            case KILL_LEADER, PAUSE_LEADER -> 0;
            case KILL_MAJORITY -> majority;
            case PARTITION -> majority + random.nextInt(memberCount - majority + 1);
            case CUT, REFUSE, DELAY, HALF_OPEN, SWALLOW_ANSWERS -> 1 + random.nextInt(memberCount);
        };
    }

    /** One line a fault. */
    @Override
    public String toString() {
        Stream<String> own = members.stream().map(fault -> "members " + fault);
        Stream<String> theirs = IntStream.range(0, clients.size())
                .boxed()
                .flatMap(client -> clients.get(client).stream().map(fault -> "client " + client + " " + fault));
        return Stream.concat(own, theirs).collect(Collectors.joining("\n  ", "  ", ""));
    }
}
