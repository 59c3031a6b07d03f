package io.coordination.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.coordination.benchmarks.Comparison.Better;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {

    @Test
    void percentilesAreOnesThatHappened() {
        Latencies latencies = new Latencies();
        LongStream.rangeClosed(1, 5_000).map(i -> 5_001 - i).forEach(latencies::add);

        assertThat(latencies.count()).isEqualTo(5_000);
        assertThat(latencies.percentile(0.5)).isEqualTo(2_500);
        assertThat(latencies.percentile(0.99)).isEqualTo(4_950);
        assertThat(latencies.micros()).isEqualTo(Reading.of("p50", 2.5).and("p99", 4.95));
    }

    @Test
    void oneDurationIsEveryPercentile() {
        Latencies latencies = new Latencies();
        latencies.add(7);

        assertThat(latencies.percentile(0.5)).isEqualTo(7);
        assertThat(latencies.percentile(0.99)).isEqualTo(7);
    }

    @Test
    void aRoundThatWasDisturbedDoesNotMoveTheMedian() {
        assertThat(new Series(List.of(10.0, 900.0, 11.0, 9.0, 10.5)).median()).isEqualTo(10.5);
        assertThat(new Series(List.of(1.0, 3.0)).median()).isEqualTo(2.0);
    }

    @Test
    void betterIsAboveOneBothWays() {
        assertThat(Better.LESS.ratio(250, 1_000)).isEqualTo(4);
        assertThat(Better.MORE.ratio(4_000, 1_000)).isEqualTo(4);
        assertThat(Better.MORE.ratio(500, 1_000)).isEqualTo(0.5);
    }

    @Test
    void theSpreadOfARatioIsThatOfItsRounds() {
        Series ours = new Series(List.of(1.0, 2.0, 4.0));
        Series theirs = new Series(List.of(3.0, 4.0, 6.0));

        Series ratios = ours.with(theirs, Better.LESS);

        assertThat(ratios.lowest()).isEqualTo(1.5, within(1e-9));
        assertThat(ratios.highest()).isEqualTo(3.0, within(1e-9));
    }
}
