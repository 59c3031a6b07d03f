package io.coordination.lock;

import java.time.Duration;

/**
 * How permits of a semaphore, or several locks at once, are acquired and kept.
 *
 * <p>Immutable and thread-safe.
 */
public final class HoldOptions extends HoldTerms {
    private static final HoldOptions DEFAULTS = builder().build();

    private HoldOptions(Builder builder) {
        super(builder);
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
        return new Builder().startingFrom(this);
    }

    /**
     * Whether the other has the same values.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof HoldOptions that && hasTermsOf(that);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return hashOfTerms();
    }

    /**
     * The values.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "HoldOptions[" + terms() + "]";
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder extends HoldTerms.Builder<Builder> {
        private Builder() {}

        @Override
        Builder self() {
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
