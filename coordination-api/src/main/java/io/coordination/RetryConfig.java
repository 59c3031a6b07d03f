package io.coordination;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.time.Duration;
import java.util.Objects;

/**
 * How often and how fast a failed server call is repeated. Only calls that may be repeated safely are: reads, and writes whose
 * outcome can be read back.
 *
 * <p>The pause after the n-th attempt is at most {@code initialDelay · multiplier^(n-1)}, never more than {@code maxDelay}; the
 * share of it given by {@code jitter} is drawn at random so that clients that failed together do not come back together. No
 * attempt begins after the request timeout of the whole call.
 *
 * <p>Immutable and thread-safe.
 */
public final class RetryConfig {
    private static final Duration MAX_DELAY_LIMIT = Duration.ofMinutes(5);
    private static final RetryConfig DEFAULTS = builder().build();

    private final int maxAttempts;
    private final Duration initialDelay;
    private final Duration maxDelay;
    private final double multiplier;
    private final double jitter;

    private RetryConfig(Builder builder) {
        this.maxAttempts = builder.maxAttempts;
        this.initialDelay = builder.initialDelay;
        this.maxDelay = builder.maxDelay;
        this.multiplier = builder.multiplier;
        this.jitter = builder.jitter;
    }

    /**
     * 3 attempts, pauses from 100 ms to 2 s that double, full jitter.
     *
     * @return the defaults
     */
    public static RetryConfig defaults() {
        return DEFAULTS;
    }

    /**
     * One attempt, no repetition.
     *
     * @return a configuration with {@code maxAttempts} 1
     */
    public static RetryConfig none() {
        return builder().maxAttempts(1).build();
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
        builder.maxAttempts = maxAttempts;
        builder.initialDelay = initialDelay;
        builder.maxDelay = maxDelay;
        builder.multiplier = multiplier;
        builder.jitter = jitter;
        return builder;
    }

    /**
     * How many attempts there are, the first included.
     *
     * @return 1 to 100; default 3
     */
    public int maxAttempts() {
        return maxAttempts;
    }

    /**
     * The longest pause after the first attempt.
     *
     * @return default 100 ms
     */
    public Duration initialDelay() {
        return initialDelay;
    }

    /**
     * The longest pause after any attempt.
     *
     * @return default 2 s
     */
    public Duration maxDelay() {
        return maxDelay;
    }

    /**
     * By how much the longest pause grows from attempt to attempt.
     *
     * @return 1.0 to 100.0; default 2.0
     */
    public double multiplier() {
        return multiplier;
    }

    /**
     * The share of the pause that is drawn at random.
     *
     * @return 0.0 (none) to 1.0 (all of it); default 1.0
     */
    public double jitter() {
        return jitter;
    }

    /**
     * The pause after a number of failed attempts.
     *
     * @param failedAttempts how many attempts failed so far, at least 1
     * @param random a fresh random number from 0 (included) to 1 (excluded)
     * @return the pause, zero or more, never more than {@link #maxDelay()}
     * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for numbers outside these limits
     */
    public Duration delayAfter(int failedAttempts, double random) {
        Checks.between("failedAttempts", failedAttempts, 1, Integer.MAX_VALUE);
        Checks.between("random", random, 0.0, 1.0);
        double longest = (double) initialDelay.toNanos() * Math.pow(multiplier, failedAttempts - 1.0);
        double capped = Math.min(longest, (double) maxDelay.toNanos());
        return Duration.ofNanos((long) (capped * (1.0 - jitter * random)));
    }

    /**
     * Whether the other has the same values.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof RetryConfig that
                && maxAttempts == that.maxAttempts
                && initialDelay.equals(that.initialDelay)
                && maxDelay.equals(that.maxDelay)
                && Double.compare(multiplier, that.multiplier) == 0
                && Double.compare(jitter, that.jitter) == 0;
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(maxAttempts, initialDelay, maxDelay, multiplier, jitter);
    }

    /**
     * The values.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "RetryConfig[maxAttempts=" + maxAttempts + ", initialDelay=" + Durations.text(initialDelay)
                + ", maxDelay=" + Durations.text(maxDelay) + ", multiplier=" + multiplier + ", jitter=" + jitter + "]";
    }

    /** Builds a {@link RetryConfig}. Not thread-safe. */
    public static final class Builder {
        private int maxAttempts = 3;
        private Duration initialDelay = Duration.ofMillis(100);
        private Duration maxDelay = Duration.ofSeconds(2);
        private double multiplier = 2.0;
        private double jitter = 1.0;

        private Builder() {}

        /**
         * Sets how many attempts there are, the first included.
         *
         * @param maxAttempts 1 to 100; default 3
         * @return this builder
         */
        public Builder maxAttempts(int maxAttempts) {
            this.maxAttempts = Checks.between("maxAttempts", maxAttempts, 1, 100);
            return this;
        }

        /**
         * Sets the longest pause after the first attempt.
         *
         * @param initialDelay 1 ms to 5 min; default 100 ms
         * @return this builder
         */
        public Builder initialDelay(Duration initialDelay) {
            this.initialDelay = Checks.between("initialDelay", initialDelay, Duration.ofMillis(1), MAX_DELAY_LIMIT);
            return this;
        }

        /**
         * Sets the longest pause after any attempt.
         *
         * @param maxDelay at least {@code initialDelay}, at most 5 min; default 2 s
         * @return this builder
         */
        public Builder maxDelay(Duration maxDelay) {
            this.maxDelay = Checks.between("maxDelay", maxDelay, Duration.ofMillis(1), MAX_DELAY_LIMIT);
            return this;
        }

        /**
         * Sets by how much the longest pause grows from attempt to attempt.
         *
         * @param multiplier 1.0 to 100.0; default 2.0
         * @return this builder
         */
        public Builder multiplier(double multiplier) {
            this.multiplier = Checks.between("multiplier", multiplier, 1.0, 100.0);
            return this;
        }

        /**
         * Sets the share of the pause that is drawn at random.
         *
         * @param jitter 0.0 (none) to 1.0 (all of it); default 1.0
         * @return this builder
         */
        public Builder jitter(double jitter) {
            this.jitter = Checks.between("jitter", jitter, 0.0, 1.0);
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @return an immutable configuration
         * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} when {@code maxDelay} is less than
         *     {@code initialDelay}
         */
        public RetryConfig build() {
            Checks.atLeast("maxDelay", maxDelay, initialDelay);
            return new RetryConfig(this);
        }
    }
}
