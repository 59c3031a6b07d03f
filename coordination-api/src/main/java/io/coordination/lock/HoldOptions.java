package io.coordination.lock;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How permits of a semaphore, or several locks at once, are acquired and kept.
 *
 * <p>Immutable and thread-safe.
 */
public final class HoldOptions {
    private static final Duration SHORTEST_HOLD = Duration.ofMillis(1);
    private static final HoldOptions DEFAULTS = builder().build();

    private final Duration ttl;
    private final @Nullable Duration waitTime;
    private final @Nullable Duration maxHold;
    private final boolean fixedTtl;
    private final @Nullable String label;

    private HoldOptions(Builder builder) {
        this.ttl = builder.ttl;
        this.waitTime = builder.waitTime;
        this.maxHold = builder.maxHold;
        this.fixedTtl = builder.fixedTtl;
        this.label = builder.label;
    }

    /**
     * A TTL of 30 s, renewed while held, held until released, without a limit to the wait of {@code acquire}.
     *
     * @return the defaults
     */
    public static HoldOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The defaults with another TTL.
     *
     * @param ttl 2 s to 24 h, fractions of seconds rounded up
     * @return the options
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
     */
    public static HoldOptions ofTtl(Duration ttl) {
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
        Builder builder = new Builder();
        builder.ttl = ttl;
        builder.waitTime = waitTime;
        builder.maxHold = maxHold;
        builder.fixedTtl = fixedTtl;
        builder.label = label;
        return builder;
    }

    /**
     * How long a dead holder blocks others.
     *
     * @return whole seconds, 2 s to 24 h; default 30 s
     */
    public Duration ttl() {
        return ttl;
    }

    /**
     * How long to wait.
     *
     * @return zero: do not wait; empty, the default: {@code acquire} waits without limit and {@code tryAcquire} makes one attempt
     */
    public Optional<Duration> waitTime() {
        return Optional.ofNullable(waitTime);
    }

    /**
     * How long they are held at most: then they are lost with {@link LockLostReason#MAX_HOLD} and released.
     *
     * @return empty, the default: until they are released
     */
    public Optional<Duration> maxHold() {
        return Optional.ofNullable(maxHold);
    }

    /**
     * Whether they end by themselves, one TTL after they were acquired.
     *
     * @return true: never renewed once held, on a lease of their own that outlives this process; false, the default: renewed until
     *     they are released
     */
    public boolean fixedTtl() {
        return fixedTtl;
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
     * Whether the other has the same values.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof HoldOptions that
                && ttl.equals(that.ttl)
                && Objects.equals(waitTime, that.waitTime)
                && Objects.equals(maxHold, that.maxHold)
                && fixedTtl == that.fixedTtl
                && Objects.equals(label, that.label);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(ttl, waitTime, maxHold, fixedTtl, label);
    }

    /**
     * The values.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "HoldOptions[ttl=" + Durations.text(ttl) + ", waitTime="
                + waitTime().map(Durations::text).orElse("none") + ", maxHold="
                + maxHold().map(Durations::text).orElse("none") + ", fixedTtl=" + fixedTtl + ", label="
                + label().orElse("none") + "]";
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private Duration ttl = Duration.ofSeconds(30);
        private @Nullable Duration waitTime;
        private @Nullable Duration maxHold;
        private boolean fixedTtl;
        private @Nullable String label;

        private Builder() {}

        /**
         * Sets how long a dead holder blocks others: at most this and a second, and at most twice this around a
         * fail-over of the server.
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
         * Sets how long to wait. Anything above 100 years counts as 100 years.
         *
         * @param waitTime zero (do not wait) or more; default: {@code acquire} waits without limit, {@code tryAcquire} makes one
         *     attempt
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a negative value
         */
        public Builder waitTime(Duration waitTime) {
            this.waitTime = Durations.countable(Checks.notNegative("waitTime", waitTime));
            return this;
        }

        /**
         * Lets them expire: after this time they are lost and released, whatever their holder does. A crash of the holder is
         * covered by the TTL. Anything above 100 years counts as 100 years.
         *
         * @param maxHold 1 ms or more, counted from the grant; default: without limit
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder maxHold(Duration maxHold) {
            this.maxHold = Durations.countable(Checks.atLeast("maxHold", maxHold, SHORTEST_HOLD));
            return this;
        }

        /**
         * Sets whether they end by themselves one TTL after they were acquired, on a lease of their own that survives the end
         * of this process.
         *
         * @param fixedTtl default false: renewed until they are released
         * @return this builder
         */
        public Builder fixedTtl(boolean fixedTtl) {
            this.fixedTtl = fixedTtl;
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
         * Builds the options.
         *
         * @return immutable options
         */
        public HoldOptions build() {
            return new HoldOptions(this);
        }
    }
}
