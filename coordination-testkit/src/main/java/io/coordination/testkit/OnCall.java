package io.coordination.testkit;

import io.coordination.CoordinationException;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * The half of a rule that says which calls of a {@link FaultyStore} it is for; its methods add what happens to them and put
 * the rule into force.
 */
public final class OnCall {

    private final FaultyStore store;
    private final CallDeadlines deadlines;
    private final Predicate<StoreCall<?>> matches;
    private final int times;

    OnCall(FaultyStore store, CallDeadlines deadlines, Predicate<StoreCall<?>> matches, int times) {
        this.store = store;
        this.deadlines = deadlines;
        this.matches = matches;
        this.times = times;
    }

    /** The request does not arrive. The caller sees {@code TIMEOUT_ERROR} with an unknown outcome at once. */
    public FaultRule loseRequest() {
        return rule(Interference.losingRequest(Fault::noAnswer));
    }

    /** The request is carried out. The caller sees {@code TIMEOUT_ERROR} with an unknown outcome at once. */
    public FaultRule loseAnswer() {
        return rule(Interference.losingAnswer(Fault::noAnswer));
    }

    /** The request is not carried out, and the caller sees a failure of the test's choice. */
    public FaultRule refuse(CoordinationException failure) {
        return rule(Interference.losingRequest(() -> failure));
    }

    /** Something happens just before the request is carried out. */
    public FaultRule runBefore(Runnable action) {
        return rule(Interference.before(action));
    }

    /** Something happens when the request has been carried out and the caller does not know yet. */
    public FaultRule runBeforeAnswer(Runnable action) {
        return rule(Interference.after(action));
    }

    /** The request is carried out at once, and the caller learns it later, by the {@link TimeSource}. */
    public FaultRule delayAnswer(Duration delay) {
        return rule(new DelayedAnswer(deadlines.time(), delay));
    }

    /** The request stays on its way until it is released; its caller gives up at its deadline. */
    public HeldCalls hold() {
        return held(HeldCalls.Mode.REQUEST);
    }

    /** The request is carried out, and the answer stays on its way until it is released; the caller gives up at its deadline. */
    public HeldCalls holdAnswer() {
        return held(HeldCalls.Mode.ANSWER);
    }

    /** The request is carried out as usual, and a second time when it is released. */
    public HeldCalls duplicate() {
        return held(HeldCalls.Mode.COPY);
    }

    private HeldCalls held(HeldCalls.Mode mode) {
        HeldCalls calls = new HeldCalls(mode, deadlines);
        rule(new HeldCalls.Holding(calls));
        return calls;
    }

    private FaultRule rule(Fault fault) {
        FaultRule rule = new FaultRule(matches, times, fault);
        store.add(rule);
        return rule;
    }
}
