package io.coordination.lock;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What every hold can be given, whether of one lock, of several at once, or of permits. Immutable, thread-safe. */
abstract sealed class HoldTerms permits LockOptions, HoldOptions {
    private static final Duration SHORTEST_HOLD = Duration.ofMillis(1);

    private final Duration ttl;
    private final @Nullable Duration waitTime;
    private final @Nullable Duration maxHold;
    private final boolean fixedTtl;
    private final @Nullable String label;

    HoldTerms(Builder<?> builder) {
        this.ttl = builder.ttl;
        this.waitTime = builder.waitTime;
        this.maxHold = builder.maxHold;
        this.fixedTtl = builder.fixedTtl;
        this.label = builder.label;
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
     * How long a hold lasts at most: then it is lost with {@link LockLostReason#MAX_HOLD} and given up.
     *
     * @return empty, the default: until it is released
     */
    public Optional<Duration> maxHold() {
        return Optional.ofNullable(maxHold);
    }

    /**
     * Whether a hold ends by itself, one TTL after it was acquired.
     *
     * @return true: never renewed once held, on a lease of its own that outlives this process; false, the default: renewed until it
     *     is released
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

    boolean hasTermsOf(HoldTerms that) {
        return ttl.equals(that.ttl)
                && Objects.equals(waitTime, that.waitTime)
                && Objects.equals(maxHold, that.maxHold)
                && fixedTtl == that.fixedTtl
                && Objects.equals(label, that.label);
    }

    int hashOfTerms() {
        return Objects.hash(ttl, waitTime, maxHold, fixedTtl, label);
    }

    String terms() {
        return "ttl=" + Durations.text(ttl) + ", waitTime="
                + waitTime().map(Durations::text).orElse("none") + ", fixedTtl=" + fixedTtl + ", label="
                + label().orElse("none") + ", maxHold="
                + maxHold().map(Durations::text).orElse("none");
    }

    /**
     * Collects what every hold can be given. Not thread-safe.
     *
     * @param <B> the builder itself
     */
    abstract static sealed class Builder<B extends Builder<B>> permits LockOptions.Builder, HoldOptions.Builder {
        Duration ttl = Duration.ofSeconds(30);
        private @Nullable Duration waitTime;
        private @Nullable Duration maxHold;
        boolean fixedTtl;
        private @Nullable String label;

        Builder() {}

        abstract B self();

        B startingFrom(HoldTerms terms) {
            ttl = terms.ttl;
            waitTime = terms.waitTime;
            maxHold = terms.maxHold;
            fixedTtl = terms.fixedTtl;
            label = terms.label;
            return self();
        }

        /**
         * Sets how long a dead holder blocks others: at most this and a second, and at most twice this around a fail-over of
         * the server.
         *
         * @param ttl 2 s to 24 h, fractions of seconds rounded up; default 30 s
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public B ttl(Duration ttl) {
            this.ttl = Checks.ttl("ttl", ttl);
            return self();
        }

        /**
         * Sets how long to wait. Anything above 100 years counts as 100 years.
         *
         * @param waitTime zero (do not wait) or more; default: {@code acquire} waits without limit, {@code tryAcquire} makes one
         *     attempt
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a negative value
         */
        public B waitTime(Duration waitTime) {
            this.waitTime = Durations.countable(Checks.notNegative("waitTime", waitTime));
            return self();
        }

        /**
         * Ends a hold after a time, so that a worker that is stuck does not hold for ever: it is lost with
         * {@link LockLostReason#MAX_HOLD} and then given up, whatever renews it. A crash of the holder is covered by the TTL. Anything
         * above 100 years counts as 100 years.
         *
         * @param maxHold 1 ms or more, counted from the grant; default: without limit
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public B maxHold(Duration maxHold) {
            this.maxHold = Durations.countable(Checks.atLeast("maxHold", maxHold, SHORTEST_HOLD));
            return self();
        }

        /**
         * Sets whether a hold ends by itself one TTL after it was acquired, on a lease of its own that survives the end of this
         * process.
         *
         * @param fixedTtl default false: renewed until it is released
         * @return this builder
         */
        public B fixedTtl(boolean fixedTtl) {
            this.fixedTtl = fixedTtl;
            return self();
        }

        /**
         * Sets what operators see as the owner.
         *
         * @param label 1 to 128 characters, no control characters; not a secret
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public B label(String label) {
            this.label = Checks.label("label", label);
            return self();
        }
    }
}
