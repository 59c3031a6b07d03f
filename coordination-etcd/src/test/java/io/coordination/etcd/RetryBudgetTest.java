package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RetryBudgetTest {

    private final ManualTime time = new ManualTime();
    private final RetryBudget budget = new RetryBudget(time, 256);

    private int spendAll() {
        int spent = 0;
        while (budget.spend()) {
            spent++;
        }
        return spent;
    }

    @Test
    void everythingInFlightMayBeRepeatedTwiceAtOnce() {
        assertThat(spendAll()).isEqualTo(512);
    }

    @Test
    void aSmallLimitOfCallsHasAHundredRetriesToBeginWith() {
        RetryBudget small = new RetryBudget(time, 1);
        for (int i = 0; i < 100; i++) {
            assertThat(small.spend()).isTrue();
        }
        assertThat(small.spend()).isFalse();
    }

    @Test
    void tenRetriesASecondAreFreeEvenWithoutCalls() {
        spendAll();

        time.advance(Duration.ofMillis(99));
        assertThat(budget.spend()).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(spendAll()).isEqualTo(1);
        time.advance(Duration.ofSeconds(3));
        assertThat(spendAll()).isEqualTo(30);
    }

    @Test
    void tenCallsEarnOneRetry() {
        spendAll();

        for (int call = 0; call < 95; call++) {
            budget.earn();
        }

        assertThat(spendAll()).isEqualTo(9);
    }

    @Test
    void savingsAreBounded() {
        for (int call = 0; call < 100_000; call++) {
            budget.earn();
        }
        time.advance(Duration.ofDays(400));

        assertThat(spendAll()).isEqualTo(512);
    }
}
