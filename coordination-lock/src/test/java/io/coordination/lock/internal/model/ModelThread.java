package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;
import java.util.List;
import java.util.Locale;

/**
 * A thread that asks for the lock, holds it, releases it, and begins again.
 *
 * @param script what is left to be asked for, the present wish first
 * @param place where it holds the lock
 * @param number of the hold in its place
 */
record ModelThread(List<Wish> script, Phase phase, long place, int number, PlaceMode mode) {

    enum Phase {
        IDLE,
        ASKING,
        /** Has given up, and the machine has not heard of it. */
        CANCELLED,
        HOLDING
    }

    static ModelThread of(List<Wish> script) {
        return new ModelThread(script, Phase.IDLE, 0, 0, PlaceMode.EXCLUSIVE);
    }

    Wish wish() {
        return script.get(0);
    }

    boolean isDone() {
        return script.isEmpty();
    }

    boolean asksFor(Object request) {
        return phase == Phase.ASKING && wish().equals(request);
    }

    boolean holds(long where) {
        return phase == Phase.HOLDING && place == where;
    }

    ModelThread in(Phase next) {
        return new ModelThread(script, next, 0, 0, PlaceMode.EXCLUSIVE);
    }

    ModelThread holding(long where, int which, PlaceMode how) {
        return new ModelThread(script, Phase.HOLDING, where, which, how);
    }

    /** On to the next wish. */
    ModelThread ended() {
        return of(script.subList(1, script.size()));
    }

    @Override
    public String toString() {
        String what = isDone() ? "done" : phase.name().toLowerCase(Locale.ROOT) + " " + wish();
        return phase == Phase.HOLDING ? what + " in place " + place + "." + number + mode.text() : what;
    }
}
