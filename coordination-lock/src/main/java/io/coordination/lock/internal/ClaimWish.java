package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import java.time.Duration;
import java.util.Optional;

/**
 * What somebody wants, and how patiently.
 *
 * @param name the name of what is wanted
 * @param what the same as the subject of a sentence
 * @param mode what to do when there is no room
 * @param waitTime how long to wait, if there is a limit
 * @param maxHold how long to hold, if there is a limit
 */
record ClaimWish(String name, String what, Mode mode, Optional<Duration> waitTime, Optional<Duration> maxHold) {

    /** What to do when there is no room. */
    enum Mode {
        /** Wait; running out of time is an error. */
        ACQUIRE,
        /** Wait; running out of time is an answer. */
        TRY_FOR_A_WHILE,
        /** Do not wait. */
        TRY_ONCE
    }

    static Mode acquiring(Optional<Duration> waitTime) {
        return waitTime.filter(Duration::isZero).isPresent() ? Mode.TRY_ONCE : Mode.ACQUIRE;
    }

    static Mode trying(Optional<Duration> waitTime) {
        return waitTime.filter(time -> !time.isZero()).isPresent() ? Mode.TRY_FOR_A_WHILE : Mode.TRY_ONCE;
    }

    boolean triesOnce() {
        return mode == Mode.TRY_ONCE;
    }

    /** How long it may take. */
    Optional<Duration> limit(Duration requestTimeout) {
        return triesOnce() ? Optional.of(requestTimeout) : waitTime;
    }

    /** The failure of who did not want to wait and had to have it. */
    CoordinationException refusal() {
        return new CoordinationTimeoutException(
                what + " was not acquired, because its waitTime is zero and others hold it");
    }
}
