package io.coordination.lock.internal.model;

import static java.util.Map.entry;

import io.coordination.lock.internal.queue.QueueTimer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is searched to the end, and what a long run searches as far as it comes. */
final class Scenarios {

    private static final Wish W = Wish.exclusive();
    private static final Wish R = Wish.shared();
    private static final Wish BATCH = W.batch(2);
    private static final Wish RETAINING = W.retaining();
    private static final Scenario NOBODY = Scenario.empty();
    private static final Scenario TWO = NOBODY.process(List.of(W)).process(List.of(W));
    private static final Scenario THREE = TWO.process(List.of(W));
    private static final Scenario AGAIN = NOBODY.process(List.of(W, W)).process(List.of(W));
    private static final Scenario SIX = NOBODY.process(List.of(W, W))
            .process(List.of(W, W))
            .process(List.of(W, W))
            .in();
    private static final Scenario COHORT =
            NOBODY.process(List.of(BATCH), List.of(BATCH)).process(List.of(W));

    private Scenarios() {}

    /** Small enough for every build. */
    static Map<String, Scenario> small() {
        return ordered(
                entry("three processes, two rounds", SIX),
                entry("three processes, two rounds, crash", SIX.with(Fault.CRASH)),
                entry("three processes", THREE),
                entry("lost answer, cancel", TWO.with(Fault.LOST_ANSWER, Fault.CANCEL)),
                entry("gap, operator's delete", TWO.with(Fault.GAP, Fault.OPERATOR_DELETES)),
                entry("crash, lost answer", TWO.with(Fault.CRASH, Fault.LOST_ANSWER)),
                entry("crash, gap", TWO.with(Fault.CRASH, Fault.GAP)),
                entry("everything late, cancel", TWO.with(Fault.CANCEL).in(Detail.values())),
                entry("two rounds", AGAIN),
                entry("single tries, lost answer", tries().with(Fault.LOST_ANSWER)),
                entry("batches of two, two threads", COHORT),
                entry("batches of two, lost answer", COHORT.with(Fault.LOST_ANSWER)),
                entry("readers and a writer", readersAndWriter()),
                entry("downgrade, lost answer", downgrade().with(Fault.LOST_ANSWER)),
                entry("closed and wanted again", closing(W.closing())),
                entry(
                        "closed and wanted again, batches of two",
                        closing(BATCH.closing()).in()),
                entry(
                        "closed and wanted again, crash",
                        closing(W.closing()).in().with(Fault.CRASH)),
                entry("closed and tried again", closing(W.closing().tryingOnce())),
                entry("retention, gap", retention(List.of(RETAINING)).with(Fault.GAP)),
                entry(
                        "retention, single try",
                        NOBODY.process(List.of(RETAINING))
                                .process(List.of(W.tryingOnce()))
                                .timer(QueueTimer.RETAIN)));
    }

    /** For long runs. */
    static Map<String, Scenario> large() {
        Map<String, Scenario> all = small();
        all.putAll(ordered(
                entry("three processes, two rounds, gap", SIX.with(Fault.GAP)),
                entry("three processes, two rounds, cancel", SIX.with(Fault.CANCEL)),
                entry("three processes, two rounds, lost answer", SIX.with(Fault.LOST_ANSWER)),
                entry("three processes, two rounds, session lost", SIX.with(Fault.SESSION_LOST)),
                entry("session lost", TWO.with(Fault.SESSION_LOST)),
                entry("end of patience, cancel", TWO.with(Fault.END_OF_PATIENCE, Fault.CANCEL)),
                entry("two rounds, copies", AGAIN.with(Fault.DUPLICATE)),
                entry("two rounds, lost answer", AGAIN.with(Fault.LOST_ANSWER)),
                entry("two rounds each", NOBODY.process(List.of(W, W)).process(List.of(W, W))),
                entry("batches of two, operator's delete", COHORT.with(Fault.OPERATOR_DELETES)),
                entry("batches of two, session lost", COHORT.with(Fault.SESSION_LOST)),
                entry("a reader and a writer of one process", local()),
                entry("a reader and a writer of one process, crash", local().with(Fault.CRASH)),
                entry("retention, two rounds", retention(List.of(RETAINING, RETAINING))),
                entry("three processes, gap, operator's delete", THREE.with(Fault.GAP, Fault.OPERATOR_DELETES)),
                entry("three processes, copy, cancel", THREE.with(Fault.DUPLICATE, Fault.CANCEL)),
                entry(
                        "three processes, two rounds, everything",
                        NOBODY.process(List.of(W, W))
                                .process(List.of(W, W))
                                .process(List.of(W, W))
                                .with(Fault.values()))));
        return all;
    }

    private static Scenario tries() {
        return NOBODY.process(List.of(W.tryingOnce(), W)).process(List.of(W.tryingOnce()));
    }

    private static Scenario readersAndWriter() {
        return NOBODY.process(List.of(R)).process(List.of(R)).process(List.of(W));
    }

    private static Scenario downgrade() {
        return NOBODY.process(List.of(W.downgrading())).process(List.of(R));
    }

    private static Scenario local() {
        return NOBODY.process(List.of(R), List.of(W)).process(List.of(W));
    }

    private static Scenario closing(Wish wish) {
        return NOBODY.process(List.of(wish, wish)).process(List.of(W, W)).timer(QueueTimer.LINGER);
    }

    private static Scenario retention(List<Wish> wishes) {
        return NOBODY.process(wishes).process(List.of(W)).timer(QueueTimer.RETAIN);
    }

    @SafeVarargs
    private static Map<String, Scenario> ordered(Map.Entry<String, Scenario>... entries) {
        Map<String, Scenario> map = new LinkedHashMap<>();
        for (Map.Entry<String, Scenario> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }
}
