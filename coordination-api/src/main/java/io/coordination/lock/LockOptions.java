package io.coordination.lock;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import io.coordination.internal.RenewalTerms;
import io.coordination.lock.watchdog.WatchdogConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a lock is acquired and kept.
 *
 * <p>Immutable and thread-safe.
 */
public final class LockOptions extends HoldTerms {
    private static final Duration LONGEST_RETENTION = Duration.ofHours(24);
    private static final int DEFAULT_BATCH = 16;
    private static final int LONGEST_BATCH = 65_536;
    private static final Duration SHORTEST_DETECTION = Duration.ofMillis(100);
    private static final Duration LONGEST_DETECTION = Duration.ofHours(24);
    private static final LockOptions DEFAULTS = builder().build();

    private final int localBatch;
    private final @Nullable LockOwner owner;
    private final Duration retain;
    private final @Nullable WatchdogConfig watchdog;
    private final @Nullable LockListener listener;
    private final @Nullable Duration detectDeadlocksAfter;

    private LockOptions(Builder builder) {
        super(builder);
        this.localBatch = builder.localBatch;
        this.owner = builder.owner;
        this.retain = builder.retain;
        this.watchdog = builder.watchdog;
        this.listener = builder.listener;
        this.detectDeadlocksAfter = builder.detectDeadlocksAfter;
    }

    /**
     * A TTL of 30 s, renewed while held, without a limit to the wait of {@code acquire}.
     *
     * @return the defaults
     */
    public static LockOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The defaults with another TTL.
     *
     * @param ttl 2 s to 24 h, fractions of seconds rounded up
     * @return the options
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
     */
    public static LockOptions ofTtl(Duration ttl) {
        return builder().ttl(ttl).build();
    }

    /**
     * A builder that starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder().startingFrom(this);
        builder.localBatch = localBatch;
        builder.owner = owner;
        builder.retain = retain;
        builder.watchdog = watchdog;
        builder.listener = listener;
        builder.detectDeadlocksAfter = detectDeadlocksAfter;
        return builder;
    }

    /**
     * How many holds in a row this process may have while another one waits, this one included.
     *
     * @return 1 to 65,536; default 16
     */
    public int localBatch() {
        return localBatch;
    }

    /**
     * Who owns the lock, for re-entry.
     *
     * @return the owner; default none: every request is a stranger to every other
     */
    public Optional<LockOwner> owner() {
        return Optional.ofNullable(owner);
    }

    /**
     * For how long the lock stays with this process after it was released, unless somebody else asks for it.
     *
     * @return zero, the default: not at all
     */
    public Duration retain() {
        return retain;
    }

    /**
     * The terms on which a watchdog keeps the lock from the moment it is held.
     *
     * @return empty, the default: no watchdog; the lock is renewed all the same, unless it has a fixed TTL
     */
    public Optional<WatchdogConfig> watchdog() {
        return Optional.ofNullable(watchdog);
    }

    /**
     * Who hears what happens to the lock while it is held.
     *
     * @return the listener; default none
     */
    public Optional<LockListener> listener() {
        return Optional.ofNullable(listener);
    }

    /**
     * After which time of waiting deadlocks are looked for.
     *
     * @return empty, the default: never
     */
    public Optional<Duration> detectDeadlocksAfter() {
        return Optional.ofNullable(detectDeadlocksAfter);
    }

    /**
     * Whether the other has the same values.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof LockOptions that
                && hasTermsOf(that)
                && localBatch == that.localBatch
                && Objects.equals(owner, that.owner)
                && retain.equals(that.retain)
                && Objects.equals(watchdog, that.watchdog)
                && Objects.equals(listener, that.listener)
                && Objects.equals(detectDeadlocksAfter, that.detectDeadlocksAfter);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(hashOfTerms(), localBatch, owner, retain, watchdog, listener, detectDeadlocksAfter);
    }

    /**
     * The values.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "LockOptions[" + terms() + ", localBatch=" + localBatch + ", owner="
                + owner().map(LockOwner::toString).orElse("none") + ", retain=" + Durations.text(retain) + ", watchdog="
                + watchdog().map(WatchdogConfig::toString).orElse("none") + ", listener="
                + listener().map(told -> told.getClass().getName()).orElse("none") + ", detectDeadlocksAfter="
                + detectDeadlocksAfter().map(Durations::text).orElse("none") + "]";
    }

    /** Builds {@link LockOptions}. Not thread-safe. */
    public static final class Builder extends HoldTerms.Builder<Builder> {
        private int localBatch = DEFAULT_BATCH;
        private @Nullable LockOwner owner;
        private Duration retain = Duration.ZERO;
        private @Nullable WatchdogConfig watchdog;
        private @Nullable LockListener listener;
        private @Nullable Duration detectDeadlocksAfter;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Lets the lock end by itself one TTL after it was acquired: for "once in this interval" work. It is kept on a lease of
         * its own that survives the end of this process.
         *
         * @return this builder
         */
        public Builder fixedTtl() {
            return fixedTtl(true);
        }

        /**
         * Sets how many holds in a row this process may have while another one waits. Within a process the lock goes from hold to
         * hold without asking the server, in the order in which it was asked for: without limit as long as no other process
         * waits, otherwise for at most this number of holds and 10 ms, after which the process queues again, behind those that
         * wait. A request that comes within 0.2 ms after the lock was closed counts as one that waited. So a process with many
         * threads neither starves others nor loses its speed to them.
         *
         * <p>It counts for the request that would be next. With 1 the order is that of the places in the queue, of which a
         * process has one: requests of one process that wait at the same time share it.
         *
         * @param localBatch 1 to 65,536; default 16
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder localBatch(int localBatch) {
            this.localBatch = Checks.between("localBatch", localBatch, 1, LONGEST_BATCH);
            return this;
        }

        /**
         * Sets who owns the lock. A request of an owner that holds the lock already is granted at once, whatever its other
         * options; its handle has the same fencing token, and the lock is let go with the last handle. An owner that holds the
         * lock for reading and asks for writing is refused with {@code VALIDATION_ERROR}.
         *
         * @param owner such as {@link LockOwner#ofThread()}; default none
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder owner(LockOwner owner) {
            this.owner = Checks.notNull("owner", owner);
            return this;
        }

        /**
         * Lets an idle lock stay with this process, so that taking it again costs no request to the server. It goes at once when
         * another process queues for it, when the connection does not say within a second that nobody does, or when this time
         * has passed; a process keeps at most 256 of them, those used last. What it costs: another process waits a round trip
         * longer, and one ttl and a second longer when this process dies although it held nothing.
         *
         * @param retain up to 24 h; zero, the default: not at all. Not together with {@link #fixedTtl()}
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder retain(Duration retain) {
            this.retain = Checks.between("retain", retain, Duration.ZERO, LONGEST_RETENTION);
            return this;
        }

        /**
         * Starts a watchdog as soon as the lock is held; see {@link LockHandle#startWatchdog(WatchdogConfig)}. Not together
         * with {@link #fixedTtl()}: such a lock is kept by a watchdog that is started by hand.
         *
         * @param watchdog its terms, which must suit the TTL; default: none
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder watchdog(WatchdogConfig watchdog) {
            this.watchdog = Checks.notNull("watchdog", watchdog);
            return this;
        }

        /**
         * Sets who hears what happens to the lock while it is held.
         *
         * @param listener told on the callback executor; see {@link LockListener}
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder listener(LockListener listener) {
            this.listener = Checks.notNull("listener", listener);
            return this;
        }

        /**
         * Looks for deadlocks while a request waits, among all processes of the namespace. When owners wait for each other in a
         * circle, the one whose place in the queue is the youngest gets a {@link io.coordination.LockDeadlockException} from
         * {@code acquire}, and the others go on once it has released what it holds. A deadlock is found after two to three
         * times this duration; nothing is ever taken from a holder.
         *
         * <p>An owner is that of {@link #owner}; without one, the thread that calls a blocking method. Only locks that were asked
         * for with this option are seen, those that are held and those that are waited for: use it for all locks that may be
         * part of a circle. An owner counts as stuck while one of its requests waits, so give flows that go on meanwhile an
         * owner of their own, and release a lock on the thread that acquired it. Not covered: semaphores, whose waiters wait for
         * any holder; asynchronous requests without an owner; owners that use several coordinators.
         *
         * <p>It costs nothing while locks are free. A request that waits for longer writes one small key and reads the sessions
         * of the namespace once in this duration.
         *
         * @param threshold 100 ms to 24 h; some seconds are usual; default: deadlocks are not looked for
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder detectDeadlocksAfter(Duration threshold) {
            this.detectDeadlocksAfter =
                    Checks.between("detectDeadlocksAfter", threshold, SHORTEST_DETECTION, LONGEST_DETECTION);
            return this;
        }

        /**
         * Builds the options.
         *
         * @return immutable options
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a watchdog that does not suit the TTL, and for
         *     a fixed TTL together with {@code retain} or a watchdog
         */
        public LockOptions build() {
            if (fixedTtl && !retain.isZero()) {
                throw Checks.invalid("retain", retain, "it has to be zero for a lock with a fixed TTL");
            }
            if (watchdog != null) {
                if (fixedTtl) {
                    throw Checks.invalid(
                            "watchdog",
                            watchdog,
                            "a lock with a fixed TTL is not renewed by itself: leave out one of the two, or call"
                                    + " startWatchdog when the lock is held");
                }
                RenewalTerms.of(watchdog.interval(), watchdog.extendBy(), ttl, true);
            }
            return new LockOptions(this);
        }
    }
}
