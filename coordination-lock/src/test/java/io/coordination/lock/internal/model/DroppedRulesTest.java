package io.coordination.lock.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The same machine in a world in which one rule of the protocol is dropped: what comes of it must be found. */
@Tag("same-on-every-jdk")
class DroppedRulesTest {

    private static final Logger log = LoggerFactory.getLogger(DroppedRulesTest.class);
    private static final int MOST_STATES = 100_000;
    private static final Wish W = Wish.exclusive();
    private static final Wish R = Wish.shared();
    private static final Scenario NOBODY = Scenario.empty();
    private static final Scenario TWO = NOBODY.process(List.of(W)).process(List.of(W));

    /**
     * How the loss of a rule shows.
     *
     * @param scenario where
     * @param violated which invariant is violated first
     */
    private record Loss(Scenario scenario, String violated) {}

    private static final Map<Rule, Loss> LOSSES = losses();

    private static Map<Rule, Loss> losses() {
        Map<Rule, Loss> losses = new EnumMap<>(Rule.class);
        Scenario uncertain = TWO.with(Fault.LOST_ANSWER, Fault.CANCEL);
        losses.put(Rule.FENCE, new Loss(uncertain.without(Rule.FENCE), "I5"));
        losses.put(Rule.CLOSE_OF_TAINTED, new Loss(uncertain.without(Rule.CLOSE_OF_TAINTED), "I5"));
        losses.put(Rule.SETTLE, new Loss(uncertain.without(Rule.SETTLE), "I5"));
        losses.put(Rule.NEW_NAMES, new Loss(namesAgain().without(Rule.NEW_NAMES), "I2"));
        losses.put(Rule.GUARD_OF_RELEASE, new Loss(deleted().without(Rule.GUARD_OF_RELEASE), "I10"));
        losses.put(Rule.GUARD_OF_REQUEUE, new Loss(requeue().without(Rule.GUARD_OF_REQUEUE), "I5"));
        losses.put(Rule.MODE_IN_THE_VALUE, new Loss(downgrade().without(Rule.MODE_IN_THE_VALUE), "I1"));
        losses.put(Rule.CREATE_REVISION, new Loss(downgrade().without(Rule.CREATE_REVISION), "I1"));
        losses.put(Rule.OLD_EVENTS, new Loss(oldEvents().without(Rule.NEW_NAMES, Rule.OLD_EVENTS), "I1"));
        losses.put(Rule.EARLY_EVENTS, new Loss(earlyEvents().without(Rule.EARLY_EVENTS), "I7"));
        losses.put(Rule.READ_AFTER_GAP, new Loss(gap().without(Rule.READ_AFTER_GAP), "I1"));
        losses.put(
                Rule.FLOOR,
                new Loss(
                        TWO.in(Detail.LATE_CALLS, Detail.LATE_WATCHES, Detail.LATE_READS)
                                .without(Rule.FLOOR),
                        "I7"));
        losses.put(Rule.WHOLE_REVISIONS, new Loss(twoKeysAtOnce().without(Rule.WHOLE_REVISIONS), "I7"));
        losses.put(
                Rule.LOST_BEFORE_EXPIRY, new Loss(TWO.with(Fault.SESSION_LOST).without(Rule.LOST_BEFORE_EXPIRY), "I1"));
        losses.put(Rule.ROOM_FOR_OTHERS, new Loss(crowd().without(Rule.ROOM_FOR_OTHERS), "I9"));
        return losses;
    }

    private static Scenario namesAgain() {
        return NOBODY.process(List.of(W, W)).with(Fault.LOST_ANSWER, Fault.CANCEL);
    }

    private static Scenario deleted() {
        return NOBODY.process(List.of(W)).with(Fault.OPERATOR_DELETES);
    }

    private static Scenario requeue() {
        return NOBODY.process(List.of(W), List.of(W)).with(Fault.DUPLICATE);
    }

    private static Scenario downgrade() {
        return NOBODY.process(List.of(W.downgrading())).process(List.of(R)).process(List.of(W));
    }

    /** As long as no name is used again, an old event cannot speak of a key that exists; so that rule is dropped as well. */
    private static Scenario oldEvents() {
        return NOBODY.process(List.of(W, W))
                .process(List.of(W, W))
                .with(Fault.CANCEL)
                .in()
                .lookingFor("I1");
    }

    private static Scenario earlyEvents() {
        return NOBODY.process(List.of(W))
                .process(List.of(W, W))
                .with(Fault.CANCEL)
                .in();
    }

    private static Scenario gap() {
        return TWO.with(Fault.GAP, Fault.OPERATOR_DELETES).lookingFor("I1");
    }

    private static Scenario twoKeysAtOnce() {
        return NOBODY.process(List.of(R), List.of(W)).process(List.of(W)).with(Fault.CRASH);
    }

    private static Scenario crowd() {
        return NOBODY.process(List.of(W), List.of(W), List.of(W)).process(List.of(W));
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void isMissed(Rule rule) {
        Loss loss = LOSSES.get(rule);
        Exploration found = new Explorer<>(new LockSpace(loss.scenario()), MOST_STATES).run();
        log.info("Without {}: {}", rule, found.figures());
        assertThat(found.violation()).as("without " + rule).isPresent();
        Exploration.Violation violation = found.violation().orElseThrow();
        log.debug("{}", Flattening.readable(violation.toString()));
        assertThat(violation.what()).startsWith(loss.violated());
    }
}
