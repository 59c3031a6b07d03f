package io.coordination.lock.internal.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The shell's view of one lease and its fence; at most one transaction that moves the fence is under way. */
final class LeaseFence {

    /** An attempt to be ended, or only to be made certain. */
    record Closing(long place, String key, boolean settles) {}

    final int lease;
    private long known;
    private boolean over;
    private List<Closing> waiting = List.of();
    private List<Closing> moving = List.of();

    LeaseFence(int lease, long known) {
        this.lease = lease;
        this.known = known;
    }

    LeaseFence copy() {
        LeaseFence copy = new LeaseFence(lease, known);
        copy.over = over;
        copy.waiting = waiting;
        copy.moving = moving;
        return copy;
    }

    long known() {
        return known;
    }

    void seen(long revision) {
        known = Math.max(known, revision);
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }

    /** Takes in an attempt; answers the call to be sent now, if none is under way. */
    Optional<Call> close(Closing attempt) {
        List<Closing> more = new ArrayList<>(waiting);
        more.add(attempt);
        waiting = List.copyOf(more);
        return next();
    }

    Optional<Call> next() {
        if (!moving.isEmpty() || waiting.isEmpty()) {
            return Optional.empty();
        }
        moving = waiting;
        waiting = List.of();
        return Optional.of(call());
    }

    /** The transaction under way, once more. */
    Call call() {
        return new Call.Close(
                lease,
                known,
                moving.stream()
                        .filter(closing -> !closing.settles())
                        .map(Closing::key)
                        .toList());
    }

    /** The transaction under way is definite: all that it ended. */
    List<Closing> done() {
        List<Closing> done = moving;
        moving = List.of();
        return done;
    }

    void flatten(Flattening into) {
        into.add(lease).add(known).add(over).add(waiting).add(moving);
    }

    @Override
    public String toString() {
        return "lease " + lease + " fence " + known + (over ? " over" : "") + " closing " + moving + waiting;
    }
}
