package io.coordination.lock.election;

import io.coordination.internal.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a candidate stands for election and leads.
 *
 * <p>Immutable and thread-safe.
 */
public final class LeaderOptions {
    /** The longest payload, in UTF-8 bytes: everybody who reads the queue reads all payloads. */
    static final int MAX_PAYLOAD_BYTES = 4_096;

    private static final Duration SHORTEST_TERM = Duration.ofSeconds(1);
    private static final Duration LONGEST_TERM = Duration.ofDays(36_500);
    private static final LeaderOptions DEFAULTS = builder().build();

    private final String payload;
    private final Duration ttl;
    private final @Nullable Duration maxTerm;
    private final boolean rejoin;
    private final @Nullable String label;

    private LeaderOptions(Builder builder) {
        this.payload = builder.payload;
        this.ttl = builder.ttl;
        this.maxTerm = builder.maxTerm;
        this.rejoin = builder.rejoin;
        this.label = builder.label;
    }

    /**
     * An empty payload, a TTL of 30 s, no limit to the term, standing again after a loss.
     *
     * @return the defaults
     */
    public static LeaderOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The defaults with a payload.
     *
     * @param payload at most 4,096 bytes in UTF-8
     * @return the options
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
     */
    public static LeaderOptions ofPayload(String payload) {
        return builder().payload(payload).build();
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
        builder.payload = payload;
        builder.ttl = ttl;
        builder.maxTerm = maxTerm;
        builder.rejoin = rejoin;
        builder.label = label;
        return builder;
    }

    /**
     * What others see of the leader.
     *
     * @return a text, default empty
     */
    public String payload() {
        return payload;
    }

    /**
     * How long a dead leader keeps others from being elected.
     *
     * @return whole seconds, 2 s to 24 h; default 30 s
     */
    public Duration ttl() {
        return ttl;
    }

    /**
     * How long the candidate leads at a stretch before it gives the others a turn.
     *
     * @return at least 1 s; empty, the default: without limit
     */
    public Optional<Duration> maxTerm() {
        return Optional.ofNullable(maxTerm);
    }

    /**
     * Whether the candidate stands again after it lost its leadership or its place in the queue.
     *
     * @return default true
     */
    public boolean rejoin() {
        return rejoin;
    }

    /**
     * What operators see as the owner of the key.
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
        return other instanceof LeaderOptions that
                && payload.equals(that.payload)
                && ttl.equals(that.ttl)
                && Objects.equals(maxTerm, that.maxTerm)
                && rejoin == that.rejoin
                && Objects.equals(label, that.label);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(payload, ttl, maxTerm, rejoin, label);
    }

    /**
     * The values, without the payload.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "LeaderOptions[ttl=" + ttl + ", maxTerm=" + maxTerm + ", rejoin=" + rejoin + ", label=" + label + "]";
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private String payload = "";
        private Duration ttl = Duration.ofSeconds(30);
        private @Nullable Duration maxTerm;
        private boolean rejoin = true;
        private @Nullable String label;

        private Builder() {}

        /**
         * Sets what others see of the leader.
         *
         * @param payload at most 4,096 bytes in UTF-8; default empty; not a secret
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder payload(String payload) {
            this.payload = Checks.textOf("payload", payload, MAX_PAYLOAD_BYTES);
            return this;
        }

        /**
         * Sets how long a dead leader keeps others from being elected: at most this and a second, and at most twice this around a
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
         * Limits how long the candidate leads at a stretch. Then it stops, lets the next one in, and stands again at the end of the
         * queue.
         *
         * @param maxTerm 1 s to 100 years: shorter terms would end before their leaders have begun; default no limit
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder maxTerm(Duration maxTerm) {
            this.maxTerm = Checks.between("maxTerm", maxTerm, SHORTEST_TERM, LONGEST_TERM);
            return this;
        }

        /**
         * Sets whether the candidate stands again after it lost its leadership or its place in the queue.
         *
         * @param rejoin default true; false ends the candidacy with the loss
         * @return this builder
         */
        public Builder rejoin(boolean rejoin) {
            this.rejoin = rejoin;
            return this;
        }

        /**
         * Sets what operators see as the owner of the key.
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
        public LeaderOptions build() {
            return new LeaderOptions(this);
        }
    }
}
