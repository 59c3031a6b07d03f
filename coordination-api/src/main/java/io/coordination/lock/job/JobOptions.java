package io.coordination.lock.job;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a scheduled job is locked.
 *
 * <p>Immutable; as thread-safe as the listener and the action that it is given.
 */
public final class JobOptions {
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration SHORTEST_AT_MOST = Duration.ofMillis(1);

    private final Duration ttl;
    private final Duration atLeast;
    private final @Nullable Duration atMost;
    private final @Nullable String label;
    private final @Nullable Runnable onSkipped;
    private final @Nullable JobListener listener;

    private JobOptions(Builder builder) {
        this.ttl = builder.ttl;
        this.atLeast = builder.atLeast;
        this.atMost = builder.atMost;
        this.label = builder.label;
        this.onSkipped = builder.onSkipped;
        this.listener = builder.listener;
    }

    /**
     * A TTL of 30 s, no least time between runs, no limit of a run.
     *
     * @return the defaults
     */
    public static JobOptions defaults() {
        return builder().build();
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
        Builder builder = new Builder();
        builder.ttl = ttl;
        builder.atLeast = atLeast;
        builder.atMost = atMost;
        builder.label = label;
        builder.onSkipped = onSkipped;
        builder.listener = listener;
        return builder;
    }

    /**
     * How long a process that died during a run blocks others.
     *
     * @return whole seconds, 2 s to 24 h; default 30 s
     */
    public Duration ttl() {
        return ttl;
    }

    /**
     * For how long the job is not begun again after its lock was taken, however short the run was.
     *
     * @return whole seconds, 2 s to 24 h; zero, the default: the job may begin again when it has ended
     */
    public Duration atLeast() {
        return atLeast;
    }

    /**
     * For how long a run keeps the lock at most.
     *
     * @return empty, the default: as long as the run takes
     */
    public Optional<Duration> atMost() {
        return Optional.ofNullable(atMost);
    }

    /**
     * What operators see as the owner.
     *
     * @return a text of at most 128 characters; default none
     */
    public Optional<String> label() {
        return Optional.ofNullable(label);
    }

    /**
     * What to do instead of a run that is skipped.
     *
     * @return default nothing
     */
    public Optional<Runnable> onSkipped() {
        return Optional.ofNullable(onSkipped);
    }

    /**
     * Who hears of runs.
     *
     * @return default nobody
     */
    public Optional<JobListener> listener() {
        return Optional.ofNullable(listener);
    }

    /**
     * Whether the other has the same values, the same listener and the same action.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof JobOptions that
                && ttl.equals(that.ttl)
                && atLeast.equals(that.atLeast)
                && Objects.equals(atMost, that.atMost)
                && Objects.equals(label, that.label)
                && Objects.equals(onSkipped, that.onSkipped)
                && Objects.equals(listener, that.listener);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(ttl, atLeast, atMost, label, onSkipped, listener);
    }

    /**
     * The values.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "JobOptions[ttl=" + Durations.text(ttl) + ", atLeast=" + Durations.text(atLeast) + ", atMost="
                + atMost().map(Durations::text).orElse("none") + ", label=" + label().orElse("none") + "]";
    }

    /** Builds {@link JobOptions}. Not thread-safe. */
    public static final class Builder {
        private Duration ttl = Duration.ofSeconds(30);
        private Duration atLeast = Duration.ZERO;
        private @Nullable Duration atMost;
        private @Nullable String label;
        private @Nullable Runnable onSkipped;
        private @Nullable JobListener listener;

        private Builder() {}

        /**
         * Sets how long a process that died during a run blocks others.
         *
         * @param ttl 2 s to 24 h, fractions of seconds rounded up; default 30 s
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder ttl(Duration ttl) {
            this.ttl = Checks.ttl("ttl", ttl);
            return this;
        }

        /**
         * Sets for how long the job is not begun again anywhere after its lock was taken, also when the run was shorter and also
         * when this process dies. It keeps jobs of seconds from running twice because clocks differ. The server lets go of it
         * up to a second later.
         *
         * @param atLeast zero, or 2 s to 24 h, fractions of seconds rounded up; default zero
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder atLeast(Duration atLeast) {
            boolean none = Checks.notNull("atLeast", atLeast).isZero();
            this.atLeast = none ? atLeast : Checks.ttl("atLeast", atLeast);
            return this;
        }

        /**
         * Limits how long a run keeps the lock: then it is given up, and another process may begin the job while this run still
         * goes on. Nothing is interrupted; the run learns of it by {@link JobRun#assertHeld()}.
         *
         * @param atMost 1 ms to 24 h, not less than {@code atLeast}; default no limit
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder atMost(Duration atMost) {
            this.atMost = Checks.between("atMost", atMost, SHORTEST_AT_MOST, LONGEST);
            return this;
        }

        /**
         * Sets what operators see as the owner.
         *
         * @param label 1 to 128 characters, no control characters; not a secret
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder label(String label) {
            this.label = Checks.label("label", label);
            return this;
        }

        /**
         * Sets what to do instead of a run that is skipped, on the thread that asked for it. What it throws is logged.
         *
         * @param onSkipped the action; default none
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder onSkipped(Runnable onSkipped) {
            this.onSkipped = Checks.notNull("onSkipped", onSkipped);
            return this;
        }

        /**
         * Sets who hears of runs.
         *
         * @param listener the listener; default none
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder listener(JobListener listener) {
            this.listener = Checks.notNull("listener", listener);
            return this;
        }

        /**
         * Builds the options.
         *
         * @return immutable options
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} when {@code atMost} is less than {@code atLeast}
         */
        public JobOptions build() {
            Duration limit = atMost;
            if (limit != null && limit.compareTo(atLeast) < 0) {
                throw Checks.invalid("atMost", limit, "it must not be less than atLeast " + Durations.text(atLeast));
            }
            return new JobOptions(this);
        }
    }
}
