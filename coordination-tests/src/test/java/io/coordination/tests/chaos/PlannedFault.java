package io.coordination.tests.chaos;

import java.time.Duration;
import java.util.List;

/**
 * A fault of a {@link FaultPlan}.
 *
 * @param kind what happens
 * @param begin when it begins, counted from the start of the plan
 * @param length how long it lasts
 * @param members which members it meets, or whose connections; for a leader, who it is shows when it begins
 */
public record PlannedFault(Kind kind, Duration begin, Duration length, List<Integer> members) {

    /** Keeps an immutable copy of the members. */
    public PlannedFault {
        members = List.copyOf(members);
    }

    /** When it ends, counted from the start of the plan. */
    public Duration end() {
        return begin.plus(length);
    }

    /** What can happen. */
    public enum Kind {
        /** The connections of one client to some members are reset once. */
        CUT(Scope.CLIENT, 0, 0),
        /** One client's new connections to some members are refused; present ones stay. */
        REFUSE(Scope.CLIENT, 300, 3_000),
        /** One client can reach only a minority of the members, or none, maybe for longer than leases live. */
        PARTITION(Scope.CLIENT, 300, 8_000),
        /** One client's connections to some members deliver late. */
        DELAY(Scope.CLIENT, 300, 3_000),
        /** One client's connections to some members stay open and deliver nothing. */
        HALF_OPEN(Scope.CLIENT, 500, 6_000),
        /** One client hears no answer of some members, which act nevertheless; then the connections are reset. */
        SWALLOW_ANSWERS(Scope.CLIENT, 100, 1_500),
        /** A member is killed and started again. */
        KILL(Scope.MEMBERS, 500, 4_000),
        /** The leader is killed and started again. */
        KILL_LEADER(Scope.MEMBERS, 500, 4_000),
        /** Two members are killed and started again: nothing is decided meanwhile. */
        KILL_MAJORITY(Scope.MEMBERS, 300, 1_500),
        /** A member is stopped and continued. */
        PAUSE(Scope.MEMBERS, 300, 3_000),
        /** The leader is stopped, and continued when it may have been replaced. */
        PAUSE_LEADER(Scope.MEMBERS, 1_000, 7_000);

        private final Scope scope;
        private final int shortestMillis;
        private final int longestMillis;

        Kind(Scope scope, int shortestMillis, int longestMillis) {
            this.scope = scope;
            this.shortestMillis = shortestMillis;
            this.longestMillis = longestMillis;
        }

        /** Whom it meets. */
        public Scope scope() {
            return scope;
        }

        int shortestMillis() {
            return shortestMillis;
        }

        int longestMillis() {
            return longestMillis;
        }
    }

    /** Whom a fault meets. */
    public enum Scope {
        /** The connections of one client. */
        CLIENT,
        /** Members of the cluster, and so every client. */
        MEMBERS
    }

    @Override
    public String toString() {
        return String.format("%.1f-%.1f s %s %s", seconds(begin), seconds(end()), kind, members);
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1_000.0;
    }
}
