package io.coordination.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.tests.chaos.PlannedFault.Kind;
import io.coordination.tests.chaos.PlannedFault.Scope;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

    private static final Duration LENGTH = Duration.ofSeconds(30);

    private static FaultPlan plan(long seed) {
        return FaultPlan.random(seed, LENGTH, 3, 3);
    }

    private static Stream<List<PlannedFault>> sequences(FaultPlan plan) {
        return Stream.concat(Stream.of(plan.members()), plan.clients().stream());
    }

    @Test
    void aSeedGivesAlwaysTheSamePlan() {
        assertThat(plan(42)).isEqualTo(plan(42)).hasToString(plan(42).toString());
        assertThat(plan(42)).isNotEqualTo(plan(43));
    }

    @Test
    void faultsOfOneSequenceLeavePausesAndEndInTime() {
        LongStream.range(0, 200)
                .mapToObj(FaultPlanTest::plan)
                .flatMap(FaultPlanTest::sequences)
                .forEach(faults -> {
                    Duration free = Duration.ZERO;
                    for (PlannedFault fault : faults) {
                        assertThat(fault.begin()).isGreaterThanOrEqualTo(free.plusMillis(500));
                        free = fault.end();
                    }
                    assertThat(free).isLessThanOrEqualTo(LENGTH);
                });
    }

    @Test
    void everyKindHappensToThoseWhomItMeets() {
        List<FaultPlan> plans =
                LongStream.range(0, 200).mapToObj(FaultPlanTest::plan).toList();
        assertThat(plans.stream().flatMap(plan -> plan.members().stream()).map(PlannedFault::kind))
                .containsOnly(Stream.of(Kind.values())
                        .filter(kind -> kind.scope() == Scope.MEMBERS)
                        .toArray(Kind[]::new));
        assertThat(plans.stream()
                        .flatMap(plan -> plan.clients().stream())
                        .flatMap(List::stream)
                        .map(PlannedFault::kind))
                .containsOnly(Stream.of(Kind.values())
                        .filter(kind -> kind.scope() == Scope.CLIENT)
                        .toArray(Kind[]::new));
    }

    @Test
    void aPartitionLeavesAMinorityAndAKillOneMemberAtLeast() {
        LongStream.range(0, 200)
                .mapToObj(FaultPlanTest::plan)
                .flatMap(FaultPlanTest::sequences)
                .flatMap(List::stream)
                .forEach(fault -> {
                    switch (fault.kind()) {
                        case PARTITION -> assertThat(fault.members()).hasSizeBetween(2, 3);
                        case KILL_MAJORITY -> assertThat(fault.members()).hasSize(2);
                        case KILL, PAUSE -> assertThat(fault.members()).hasSize(1);
                        case KILL_LEADER, PAUSE_LEADER ->
                            assertThat(fault.members()).isEmpty();
                        default -> assertThat(fault.members()).isNotEmpty();
                    }
                    assertThat(fault.members()).doesNotHaveDuplicates();
                });
    }
}
