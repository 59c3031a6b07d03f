package io.coordination.tests.lockchaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.tests.lockchaos.ProcessFault.Kind;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LockChaosPlanTest {

    private static final Duration TTL = Duration.ofSeconds(10);
    private static final Duration LENGTH = Duration.ofSeconds(60);

    private static LockChaosPlan plan(long seed, FaultScope scope) {
        return LockChaosPlan.random(seed, scope, TTL, LENGTH, 4, 3);
    }

    private static List<ProcessFault> processFaults() {
        return LongStream.range(0, 100)
                .mapToObj(seed -> plan(seed, FaultScope.CLIENTS).processes())
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void aSeedGivesAlwaysTheSamePlan() {
        LockChaosPlan plan = plan(42, FaultScope.CLIENTS_AND_MEMBERS);
        assertThat(plan(42, FaultScope.CLIENTS_AND_MEMBERS)).isEqualTo(plan).hasToString(plan.toString());
        assertThat(plan(43, FaultScope.CLIENTS_AND_MEMBERS)).isNotEqualTo(plan);
    }

    @Test
    void membersAreLeftAloneWhenOnlyClientsAreMet() {
        LockChaosPlan all = plan(42, FaultScope.CLIENTS_AND_MEMBERS);
        LockChaosPlan some = plan(42, FaultScope.CLIENTS);
        assertThat(all.network().members()).isNotEmpty();
        assertThat(some.network().members()).isEmpty();
        assertThat(some.network().clients()).isEqualTo(all.network().clients());
        assertThat(some.processes()).isEqualTo(all.processes());
    }

    @Test
    void processesAreMetOneAfterTheOtherAndInTime() {
        LongStream.range(0, 100)
                .mapToObj(seed -> plan(seed, FaultScope.CLIENTS).processes())
                .forEach(faults -> {
                    Duration free = Duration.ZERO;
                    for (ProcessFault fault : faults) {
                        assertThat(fault.begin()).isGreaterThanOrEqualTo(free);
                        free = fault.end();
                    }
                    assertThat(free).isLessThanOrEqualTo(LENGTH);
                });
    }

    @Test
    void everyProcessIsKilledAndFrozenAndTheFrozenMissTheirTtl() {
        List<ProcessFault> faults = processFaults();
        for (Kind kind : Kind.values()) {
            assertThat(faults.stream()
                            .filter(fault -> fault.kind() == kind)
                            .map(ProcessFault::process)
                            .distinct())
                    .containsExactlyInAnyOrder(0, 1, 2, 3);
        }
        assertThat(faults)
                .filteredOn(fault -> fault.kind() == Kind.FREEZE)
                .allSatisfy(fault -> assertThat(fault.length()).isGreaterThan(TTL));
    }
}
