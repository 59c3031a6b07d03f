package io.coordination.lock.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplorerTest {

    /** A jug of three litres and one of five: all that can be in them, and how to measure four. */
    private record Jugs(int small, int large) {}

    private static final class Measuring implements StateSpace<Jugs> {

        private final int forbidden;
        private final boolean pouring;

        Measuring(int forbidden, boolean pouring) {
            this.forbidden = forbidden;
            this.pouring = pouring;
        }

        @Override
        public Jugs initial() {
            return new Jugs(0, 0);
        }

        @Override
        public List<Step<Jugs>> steps(Jugs at) {
            List<Step<Jugs>> steps = new ArrayList<>();
            steps.add(Step.certain(() -> "fill small", new Jugs(3, at.large())));
            steps.add(Step.certain(() -> "fill large", new Jugs(at.small(), 5)));
            if (pouring) {
                int left = Math.min(at.large(), 3 - at.small());
                int right = Math.min(at.small(), 5 - at.large());
                steps.add(Step.possible(() -> "empty small", new Jugs(0, at.large())));
                steps.add(Step.possible(() -> "empty large", new Jugs(at.small(), 0)));
                steps.add(Step.possible(() -> "pour large into small", new Jugs(at.small() + left, at.large() - left)));
                steps.add(
                        Step.possible(() -> "pour small into large", new Jugs(at.small() - right, at.large() + right)));
            }
            steps.removeIf(step -> step.next().equals(at));
            return steps;
        }

        @Override
        public Optional<String> broken(Jugs at) {
            return at.large() == forbidden ? Optional.of(forbidden + " litres") : Optional.empty();
        }

        @Override
        public Optional<String> brokenAtRest(Jugs at) {
            return at.small() + at.large() == forbidden ? Optional.of("full") : Optional.empty();
        }

        @Override
        public void digest(Jugs at, StateHash into) {
            into.add(at.small()).add(at.large());
        }
    }

    @Test
    void visitsEveryStateOnce() {
        Exploration found = new Explorer<>(new Measuring(-1, true), 1_000).run();

        assertThat(found.complete()).isTrue();
        assertThat(found.states()).isEqualTo(16);
        assertThat(found.rests()).isEqualTo(1);
        assertThat(found.violation()).isEmpty();
    }

    @Test
    void findsAShortestWayToWhatMustNotBe() {
        Exploration found = new Explorer<>(new Measuring(4, true), 1_000).run();

        assertThat(found.complete()).isFalse();
        assertThat(found.violation().orElseThrow().what()).isEqualTo("4 litres");
        assertThat(found.violation().orElseThrow().trace())
                .containsExactly(
                        "fill large",
                        "pour large into small",
                        "empty small",
                        "pour large into small",
                        "fill large",
                        "pour large into small",
                        "=> Jugs[small=3, large=4]");
    }

    @Test
    void looksAtWhatMustNotBeAtRestOnlyAtRest() {
        Exploration full = new Explorer<>(new Measuring(8, false), 1_000).run();
        Exploration atRestOnly = new Explorer<>(new Measuring(3, false), 1_000).run();

        assertThat(full.violation().orElseThrow().what()).isEqualTo("full");
        assertThat(atRestOnly.violation()).isEmpty();
    }

    @Test
    void givesUpWhenThereAreTooManyStates() {
        Exploration found = new Explorer<>(new Measuring(-1, true), 5).run();

        assertThat(found.complete()).isFalse();
        assertThat(found.violation()).isEmpty();
    }

    @Test
    void tellsManyStatesApart() {
        VisitedStates visited = new VisitedStates();
        for (int turn = 0; turn < 2; turn++) {
            for (int state = 0; state < 100_000; state++) {
                StateHash hash = new StateHash().add(state / 300).add("state " + state % 300);
                assertThat(visited.add(hash, state - 1, state)).isEqualTo(turn == 0);
            }
        }
        assertThat(visited.wayTo(3)).containsExactly(1, 2, 3);
    }
}
