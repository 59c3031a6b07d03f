package io.coordination;

import java.time.Duration;

/**
 * Hears what a coordinator does, so that a metrics or tracing module can count it. Everything is a no-op by default; a
 * module implements what it needs and is set with {@link CoordinatorOptions.Builder#instrumentation}.
 *
 * <p>The parts ({@link Calls}, {@link Watches} …) are asked for once, when the thing that they observe is made, and kept:
 * an implementation looks its meters up there and not for each event. All methods are called on internal threads, several
 * at once. They must be quick and must not block; what they throw is logged and changes nothing.
 */
public interface Instrumentation {

    /** Hears everything and does nothing. */
    Instrumentation NONE = new Instrumentation() {};

    /** How a call ended. */
    enum Outcome {
        /** The server answered. */
        OK,
        /** It failed, and surely nothing was applied. */
        FAILED,
        /** It failed, and may have been applied nevertheless. */
        UNKNOWN,
        /** Its caller gave it up. */
        CANCELLED
    }

    /** Why a call was not sent, or not sent again. */
    enum HeldBack {
        /** The circuit breaker is open. */
        BREAKER_OPEN,
        /** As many calls as allowed are under way and waiting. */
        TOO_MANY_IN_FLIGHT,
        /** Retries would have become too large a part of all calls. */
        RETRY_BUDGET_SPENT
    }

    /** Why a copy of the server's state was read anew. */
    enum ResyncReason {
        /** The history was compacted before it was delivered. */
        COMPACTED,
        /** The store was restored, or another cluster answers. */
        HISTORY_CHANGED,
        /** The copy differed from the server's state. */
        DIFFERED,
        /** The listener was so slow that what waited for it was dropped. */
        OVERRUN
    }

    /**
     * Observes one kind of call to the server.
     *
     * @param operation {@code range}, {@code txn}, {@code grant}, {@code renew}, {@code revoke} or {@code lease-keys}
     * @return what hears of it
     */
    default Calls calls(String operation) {
        return Calls.NONE;
    }

    /**
     * Observes the connections to the members.
     *
     * @return what hears of it
     */
    default Connections connections() {
        return Connections.NONE;
    }

    /**
     * Observes the watches of the coordinator.
     *
     * @return what hears of it
     */
    default Watches watches() {
        return Watches.NONE;
    }

    /**
     * Observes the sessions of one recipe.
     *
     * @param recipe {@code locks} or {@code registry}
     * @return what hears of it
     */
    default Sessions sessions(String recipe) {
        return Sessions.NONE;
    }

    /**
     * Observes the mirrors of one kind of keys.
     *
     * @param kind {@code services}, {@code config} …: the word of the key layout
     * @return what hears of it
     */
    default Mirrors mirrors(String kind) {
        return Mirrors.NONE;
    }

    /**
     * Observes the listeners of users.
     *
     * @return what hears of it
     */
    default Listeners listeners() {
        return Listeners.NONE;
    }

    /** Calls of one kind. */
    interface Calls {
        /** Does nothing. */
        Calls NONE = new Calls() {};

        /**
         * A call ended.
         *
         * @param outcome how
         * @param attempts how often it was sent; 0 when it never was
         * @param nanos the time from the call to its end
         */
        default void ended(Outcome outcome, int attempts, long nanos) {}

        /**
         * An attempt failed and another one follows.
         *
         * @param reason why it failed
         */
        default void retried(ErrorCode reason) {}

        /**
         * A call was not sent, or not sent again.
         *
         * @param reason why
         */
        default void heldBack(HeldBack reason) {}
    }

    /** The connections to the members of the cluster. */
    interface Connections {
        /** Does nothing. */
        Connections NONE = new Connections() {};

        /**
         * How many calls are under way or wait for their turn, after each change.
         *
         * @param calls the number
         */
        default void inFlight(int calls) {}

        /**
         * The circuit breaker opened or closed.
         *
         * @param open whether it is open now
         */
        default void breaker(boolean open) {}

        /**
         * A member does not answer, or answers again.
         *
         * @param endpoint its address
         * @param answers whether it answers
         */
        default void member(String endpoint, boolean answers) {}

        /** A new authentication token was fetched. */
        default void loggedIn() {}

        /** TLS files changed and were read again; new connections use them. */
        default void certificatesReloaded() {}
    }

    /** The watches of a coordinator. */
    interface Watches {
        /** Does nothing. */
        Watches NONE = new Watches() {};

        /**
         * How many gRPC streams carry the watches, after each change.
         *
         * @param streams the number
         */
        default void streams(int streams) {}

        /** The server confirmed a watch. */
        default void opened() {}

        /**
         * A watch was interrupted; it is opened again.
         *
         * @param reason why
         */
        default void interrupted(ErrorCode reason) {}

        /** A stream was silent for too long and was given up. */
        default void silent() {}

        /**
         * Changes that a watch had not delivered are gone; whoever follows it reads the state anew.
         *
         * @param reason why
         */
        default void historyLost(ResyncReason reason) {}
    }

    /** The sessions of one recipe. */
    interface Sessions {
        /** Does nothing. */
        Sessions NONE = new Sessions() {};

        /**
         * A renewal was acknowledged.
         *
         * @param nanos its round trip
         */
        default void renewed(long nanos) {}

        /**
         * A renewal failed; it is sent again.
         *
         * @param reason why
         */
        default void renewalFailed(ErrorCode reason) {}

        /**
         * A session changed its state.
         *
         * @param state the state: {@code CONNECTED}, {@code SUSPECT}, {@code LOST}; {@code CLOSED} when it ended on purpose
         */
        default void changed(ConnectionState state) {}

        /**
         * The keys of a lease were compared with what this process believes.
         *
         * @param missing keys that should have been there
         * @param leftover keys that nobody here knew, and that were deleted
         */
        default void audited(int missing, int leftover) {}
    }

    /** Mirrors of one kind of keys. */
    interface Mirrors {
        /** Does nothing. */
        Mirrors NONE = new Mirrors() {};

        /**
         * A mirror has been read for the first time.
         *
         * @param keys how many keys it has
         * @param duration how long the reading took
         */
        default void loaded(int keys, Duration duration) {}

        /**
         * A mirror was read anew.
         *
         * @param reason why
         * @param changes how many keys differed
         */
        default void resynced(ResyncReason reason, int changes) {}
    }

    /** The listeners of users. */
    interface Listeners {
        /** Does nothing. */
        Listeners NONE = new Listeners() {};

        /** A listener threw. */
        default void failed() {}

        /**
         * A listener was too slow to hear of each change and was told the newest state instead.
         *
         * @param skipped how many events it did not hear
         */
        default void overtaken(int skipped) {}
    }
}
