package io.coordination.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private static final Duration WARM_UP = Duration.ofMillis(2);
    private static final Duration TURN = Duration.ofMillis(1);
    private static final Scale THREE_ROUNDS =
            new Scale(3, WARM_UP, TURN, 1, 1, 1, new Scale.Holding(1, 1, TURN, TURN, TURN));

    private final List<String> asked = new ArrayList<>();
    private final Report report = new Report();

    @BeforeEach
    void run() {
        // The first reading of each is that of the warm-up.
        Contender ours = new Scripted(Peer.OURS, 9_000, 100, 300, 200);
        Contender jetcd = new Scripted(Peer.JETCD, 9_000, 400, 800, 700);
        Rounds rounds = Rounds.of(List.of(ours, jetcd), List.of(Comparison.ofLatency("put", TURN)));

        rounds.run(THREE_ROUNDS, progress -> {});
        rounds.tell("store", report);
    }

    @Test
    void peersWorkInTurnAndTakeTurnsAtBeginning() {
        assertThat(asked)
                .containsExactly(
                        "ours put 1 2", // warm-up
                        "jetcd put 1 2",
                        "ours put 1 1",
                        "jetcd put 1 1",
                        "jetcd put 1 1",
                        "ours put 1 1",
                        "ours put 1 1",
                        "jetcd put 1 1");
    }

    @Test
    void figuresAreMediansWithoutTheWarmUp() {
        assertThat(report.lines())
                .containsExactly(
                        "store.put.p50 200 us",
                        "store.put.jetcd.p50 700 us",
                        "store.put.p99 400 us",
                        "store.put.jetcd.p99 1400 us",
                        "store.put.vs-jetcd 3.50");
    }

    @Test
    void theRatioOfEachRoundIsWithinTheSpread() {
        assertThat(report.markdown()).anyMatch(row -> row.endsWith("| 3.50 (2.67 to 4.00) |"));
    }

    /** Answers one median after the other, and twice as much for the tail. */
    private final class Scripted implements Contender {

        private final Peer peer;
        private final Iterator<Double> medians;

        Scripted(Peer peer, double... medians) {
            this.peer = peer;
            this.medians = Arrays.stream(medians).iterator();
        }

        @Override
        public Peer peer() {
            return peer;
        }

        @Override
        public Reading ask(Command command) {
            asked.add(peer.label() + " " + command.line());
            double median = medians.next();
            return Reading.of("p50", median).and("p99", 2 * median);
        }
    }
}
