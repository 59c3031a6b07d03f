package io.coordination.lock.watchdog;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import io.coordination.internal.RenewalTerms;
import io.coordination.lock.LockLostReason;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The terms on which a {@link Watchdog} keeps a lock.
 *
 * <p>What depends on the TTL is checked when the watchdog is started: the interval is at most half the TTL and shorter than
 * {@code extendBy} less a margin of 300 ms and 5 % of the TTL.
 *
 * <p>Immutable and thread-safe. Equal to others with the same values and the same callback objects.
 */
public final class WatchdogConfig {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final WatchdogConfig DEFAULTS = builder().build();

    private final @Nullable Duration interval;
    private final @Nullable Duration extendBy;
    private final int maxFailures;
    private final @Nullable RenewalSchedule schedule;
    private final @Nullable Runnable onSuccess;
    private final @Nullable Consumer<CoordinationException> onFailure;

    private WatchdogConfig(Builder builder) {
        this.interval = builder.interval;
        this.extendBy = builder.extendBy;
        this.maxFailures = builder.maxFailures;
        this.schedule = builder.schedule;
        this.onSuccess = builder.onSuccess;
        this.onFailure = builder.onFailure;
    }

    /**
     * A look every third of the TTL, an end one TTL after the last renewal, three failures.
     *
     * @return the defaults
     */
    public static WatchdogConfig defaults() {
        return DEFAULTS;
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
        builder.interval = interval;
        builder.extendBy = extendBy;
        builder.maxFailures = maxFailures;
        builder.schedule = schedule;
        builder.onSuccess = onSuccess;
        builder.onFailure = onFailure;
        return builder;
    }

    /**
     * An interval that suits a task: 10 s below a minute, 30 s below ten minutes, else 2 min, but never more than a third of
     * the TTL nor less than 200 ms.
     *
     * @param taskDuration how long the task is expected to take; zero or more
     * @param ttl the TTL of the lock, 2 s to 24 h
     * @return the interval
     * @throws CoordinationException {@code VALIDATION_ERROR} for other values
     */
    public static Duration suggestedInterval(Duration taskDuration, Duration ttl) {
        Checks.notNegative("taskDuration", taskDuration);
        Duration third = Checks.ttl("ttl", ttl).dividedBy(3);
        Duration suggested = Duration.ofMinutes(2);
        if (taskDuration.compareTo(Duration.ofMinutes(1)) < 0) {
            suggested = Duration.ofSeconds(10);
        } else if (taskDuration.compareTo(LONG) < 0) {
            suggested = Duration.ofSeconds(30);
        }
        return suggested.compareTo(third) < 0 ? suggested : third;
    }

    /**
     * The time between two looks.
     *
     * @return empty, the default: a third of the TTL
     */
    public Optional<Duration> interval() {
        return Optional.ofNullable(interval);
    }

    /**
     * How long the hold lasts after the last acknowledged renewal was sent.
     *
     * @return empty, the default: the TTL
     */
    public Optional<Duration> extendBy() {
        return Optional.ofNullable(extendBy);
    }

    /**
     * How many failures in a row give the lock up.
     *
     * @return 1 or more; default 3
     */
    public int maxFailures() {
        return maxFailures;
    }

    /**
     * The strategy for intervals that adapt themselves.
     *
     * @return empty, the default: the interval stays
     */
    public Optional<RenewalSchedule> schedule() {
        return Optional.ofNullable(schedule);
    }

    /**
     * What runs after each success.
     *
     * @return default empty
     */
    public Optional<Runnable> onSuccess() {
        return Optional.ofNullable(onSuccess);
    }

    /**
     * What hears of each failure.
     *
     * @return default empty
     */
    public Optional<Consumer<CoordinationException>> onFailure() {
        return Optional.ofNullable(onFailure);
    }

    /**
     * Whether the other has the same values.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof WatchdogConfig that
                && Objects.equals(interval, that.interval)
                && Objects.equals(extendBy, that.extendBy)
                && maxFailures == that.maxFailures
                && Objects.equals(schedule, that.schedule)
                && Objects.equals(onSuccess, that.onSuccess)
                && Objects.equals(onFailure, that.onFailure);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(interval, extendBy, maxFailures, schedule, onSuccess, onFailure);
    }

    /**
     * The values, without the callbacks.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "WatchdogConfig[interval=" + interval().map(Durations::text).orElse("ttl/3") + ", extendBy="
                + extendBy().map(Durations::text).orElse("ttl") + ", maxFailures=" + maxFailures + ", schedule="
                + (schedule == null ? "fixed" : "adaptive") + "]";
    }

    /** Builds {@link WatchdogConfig}. Not thread-safe. */
    public static final class Builder {
        private @Nullable Duration interval;
        private @Nullable Duration extendBy;
        private int maxFailures = 3;
        private @Nullable RenewalSchedule schedule;
        private @Nullable Runnable onSuccess;
        private @Nullable Consumer<CoordinationException> onFailure;

        private Builder() {}

        /**
         * Sets the time between two looks; with a {@linkplain #schedule schedule}, to the first.
         *
         * @param interval 200 ms to 12 h; default a third of the TTL
         * @return this builder
         * @throws CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder interval(Duration interval) {
            this.interval =
                    Checks.between("interval", interval, RenewalTerms.MIN_INTERVAL, Checks.MAX_TTL.dividedBy(2));
            return this;
        }

        /**
         * Sets how long the hold lasts after the last acknowledged renewal was sent. More than the TTL of the lock moves it to
         * a lease of this TTL, so that an outage of this length is survived; a dead holder then blocks others for as long.
         *
         * @param extendBy more than zero, at most 24 h; default the TTL
         * @return this builder
         * @throws CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder extendBy(Duration extendBy) {
            this.extendBy = Checks.between("extendBy", extendBy, Duration.ofMillis(1), Checks.MAX_TTL);
            return this;
        }

        /**
         * Sets how many failures in a row give the lock up, with {@link LockLostReason#WATCHDOG}. However many are allowed, the
         * lock is lost when its lease is no longer certain or {@code extendBy} has passed.
         *
         * @param maxFailures 1 to 1,000,000; default 3
         * @return this builder
         * @throws CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder maxFailures(int maxFailures) {
            this.maxFailures = Checks.between("maxFailures", maxFailures, 1, 1_000_000);
            return this;
        }

        /**
         * Sets a strategy for intervals that adapt themselves.
         *
         * @param schedule asked after each look; default: the interval stays
         * @return this builder
         * @throws CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder schedule(RenewalSchedule schedule) {
            this.schedule = Checks.notNull("schedule", schedule);
            return this;
        }

        /**
         * Sets what runs after each success, on the callback executor, one call at a time. What it throws is logged.
         *
         * @param onSuccess what runs; default nothing
         * @return this builder
         * @throws CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder onSuccess(Runnable onSuccess) {
            this.onSuccess = Checks.notNull("onSuccess", onSuccess);
            return this;
        }

        /**
         * Sets what hears of each failure, on the callback executor, one call at a time. What it throws is logged. While
         * {@link CoordinationException#retryable()} the watchdog goes on trying; a
         * {@link io.coordination.LockLostException} is the last call, and means that the task must stop.
         *
         * @param onFailure what hears of failures; default nothing
         * @return this builder
         * @throws CoordinationException {@code VALIDATION_ERROR} for {@code null}
         */
        public Builder onFailure(Consumer<CoordinationException> onFailure) {
            this.onFailure = Checks.notNull("onFailure", onFailure);
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @return an immutable configuration
         */
        public WatchdogConfig build() {
            return new WatchdogConfig(this);
        }
    }
}
