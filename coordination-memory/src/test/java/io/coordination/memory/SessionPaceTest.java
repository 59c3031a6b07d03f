package io.coordination.memory;

import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.session.Session;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How often a session renews its lease when somebody needs it more often than every third of the TTL. */
class SessionPaceTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SessionRig rig = new SessionRig();
    private final Session session = rig.open();

    private long renewalsIn(Duration time) {
        long before = rig.count(StoreCall.Renewal.class);
        rig.time.advance(time);
        return rig.count(StoreCall.Renewal.class) - before;
    }

    @Nested
    class Intervals {

        @Test
        void theShortestOneCounts() {
            session.quicken(SECOND.multipliedBy(5));
            assertThat(renewalsIn(SECOND.multipliedBy(100))).isBetween(20L, 23L);
            session.quicken(SECOND);
            assertThat(renewalsIn(SECOND.multipliedBy(100))).isBetween(100L, 112L);
        }

        @Test
        void countAsOftenAsTheyWereGiven() {
            session.quicken(SECOND);
            session.quicken(SECOND);
            session.slacken(SECOND);
            assertThat(renewalsIn(SECOND.multipliedBy(100))).isBetween(100L, 112L);
            session.slacken(SECOND);
            rig.time.advance(SECOND);
            assertThat(renewalsIn(SECOND.multipliedBy(100))).isBetween(9L, 12L);
        }

        @Test
        void longerThanAThirdOfTheTtlChangeNothing() {
            session.quicken(TTL);
            assertThat(renewalsIn(TTL.multipliedBy(20))).isBetween(60L, 67L);
        }

        @Test
        void shorterThan200MillisCountAs200Millis() {
            session.quicken(Duration.ofMillis(1));
            assertThat(renewalsIn(SECOND.multipliedBy(100))).isBetween(499L, 500L);
        }

        @Test
        void beginToCountWithTheLastRenewal() {
            rig.time.advance(SECOND.multipliedBy(5));
            session.quicken(SECOND.multipliedBy(2));
            assertThat(renewalsIn(Duration.ZERO)).as("it is overdue").isEqualTo(1);
        }

        @Test
        void doNotSendASecondOneWhileOneIsUnderWay() {
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            session.renewNow();
            session.quicken(SECOND);
            assertThat(renewalsIn(Duration.ofMillis(900))).isZero();
            held.release();
        }

        @Test
        void doNotShortenThePauseAfterAFailure() {
            FaultRule outage = rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            session.renewNow();
            for (int i = 10; i > 0; i--) {
                session.quicken(Duration.ofMillis(500 + i));
            }
            assertThat(renewalsIn(Duration.ofMillis(499))).isZero();
            outage.end();
        }

        @Test
        void givenToALostSessionDoNothing() {
            rig.deleteKeyOf(session);
            session.quicken(SECOND);
            session.slacken(SECOND);
            assertThat(renewalsIn(TTL)).isZero();
        }
    }

    @Nested
    class TheLastRenewal {

        @Test
        void isToldWithItsRoundTrip() {
            assertThat(session.roundTripNanos()).isZero();
            rig.time.advance(SECOND);
            long sent = rig.time.nanoTime();
            rig.faulty.onNext(StoreCall.Renewal.class).delayAnswer(Duration.ofMillis(30));
            session.renewNow();
            assertThat(session.renewedAt()).isNotEqualTo(sent);
            rig.time.advance(SECOND);
            assertThat(session.renewedAt()).isEqualTo(sent);
            assertThat(session.roundTripNanos()).isEqualTo(Duration.ofMillis(30).toNanos());
        }

        @Test
        void isToldWithItsFailureUntilOneSucceeds() {
            assertThat(session.lastFailure()).isEmpty();
            rig.faulty.onNext(StoreCall.Renewal.class).loseRequest();
            session.renewNow();
            assertThat(session.lastFailure()).isPresent();
            rig.time.advance(SECOND);
            assertThat(session.lastFailure()).isEmpty();
        }
    }

    @Nested
    class WaitingForTheOneUnderWay {

        @Test
        void endsAtOnceWhenThereIsNone() {
            assertThat(session.renewalSentSince(rig.time.nanoTime())).isCompleted();
            assertThat(rig.count(StoreCall.Renewal.class)).isZero();
        }

        @Test
        void endsAtOnceWhenItWasSentBefore() {
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            session.renewNow();
            assertThat(session.renewalSentSince(rig.time.nanoTime() + 1)).isCompleted();
            held.release();
        }

        @Test
        void endsWithItsAnswer() {
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            session.renewNow();
            CompletableFuture<Void> waiting = session.renewalSentSince(rig.time.nanoTime());
            assertThat(waiting).isNotDone();
            held.release();
            assertThat(waiting).isCompleted();
            assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(1);
        }

        @Test
        void endsWithItsFailure() {
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).hold();
            session.renewNow();
            CompletableFuture<Void> waiting = session.renewalSentSince(rig.time.nanoTime());
            held.timeOut();
            assertThat(failure(waiting).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        }

        @Test
        void endsWithTheSession() {
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            session.renewNow();
            CompletableFuture<Void> waiting = session.renewalSentSince(rig.time.nanoTime());
            rig.deleteKeyOf(session);
            assertThat(failure(waiting).code()).isEqualTo(ErrorCode.LOCK_LOST);
            assertThat(failure(session.renewalSentSince(0)).code()).isEqualTo(ErrorCode.LOCK_LOST);
            held.release();
        }
    }
}
