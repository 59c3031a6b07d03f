package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.NANO;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.Store;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import io.coordination.store.session.SessionLossReason;
import io.coordination.store.session.SessionState;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a session is kept alive, and how long it is certain. */
class SessionRenewalTest {

    private static final Duration THIRD = TTL.dividedBy(3);

    private final SessionRig rig = new SessionRig();

    @Nested
    class Certainty {

        @Test
        void isTheTtlLessTheMargin() {
            Session session = rig.open();

            assertThat(session.ttl()).isEqualTo(TTL);
            assertThat(session.isValid()).isTrue();
            assertThat(session.remaining()).isEqualTo(CERTAIN);
        }

        @Test
        void countsFromBeforeTheRenewalWasSentHoweverLateTheAnswer() {
            Session session = rig.open();
            rig.time.advance(Duration.ofSeconds(1));
            rig.faulty.onNext(StoreCall.Renewal.class).delayAnswer(Duration.ofSeconds(2));
            CompletableFuture<Void> renewed = session.renewNow();

            rig.time.advance(Duration.ofSeconds(2));

            assertThat(renewed).isCompleted();
            assertThat(session.remaining()).isEqualTo(CERTAIN.minusSeconds(2));
        }

        @Test
        void runsOutOnTheMonotonicClock() {
            Session session = rig.open();
            rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();

            rig.time.advance(Duration.ofSeconds(20));
            assertThat(session.remaining()).isEqualTo(CERTAIN.minusSeconds(20));
            rig.time.advance(Duration.ofSeconds(60));

            assertThat(session.isValid()).isFalse();
            assertThat(session.remaining()).isZero();
        }
    }

    @Nested
    class Renewing {

        @Test
        void keepsASessionAliveWithThreeRenewalsATtl() {
            Session session = rig.open();
            List<SessionState> states = new ArrayList<>();
            rig.sessions.onChange(() -> states.add(session.state()));

            rig.time.advance(TTL.multipliedBy(20));

            assertThat(session.isValid()).isTrue();
            assertThat(rig.leaseLives(session.leaseId())).isTrue();
            assertThat(rig.count(StoreCall.Renewal.class)).isBetween(60L, 67L);
            assertThat(states).isEmpty();
        }

        @Test
        void isSuspectAfterHalfATtlWithoutAnAnswerAndRecovers() {
            Session session = rig.open();
            FaultRule outage = rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();

            rig.time.advance(TTL.dividedBy(2).minus(NANO));
            assertThat(session.state()).isEqualTo(SessionState.CONNECTED);
            rig.time.advance(NANO);
            assertThat(session.state()).isEqualTo(SessionState.SUSPECT);
            assertThat(session.isValid()).isTrue();

            outage.end();
            rig.time.advance(Duration.ofMillis(500));

            assertThat(session.state()).isEqualTo(SessionState.CONNECTED);
            assertThat(session.remaining()).isGreaterThan(CERTAIN.minusMillis(501));
        }

        @Test
        void mayBecomeSuspectAgain() {
            Session session = rig.open();
            FaultRule outage = rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            rig.time.advance(Duration.ofSeconds(16));
            outage.end();
            rig.time.advance(Duration.ofSeconds(1));
            assertThat(session.state()).isEqualTo(SessionState.CONNECTED);

            rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            rig.time.advance(Duration.ofSeconds(16));

            assertThat(session.state()).isEqualTo(SessionState.SUSPECT);
        }

        @Test
        void isSuspectInTimeWhenAnswersHang() {
            Session session = rig.open();
            rig.faulty.onEvery(StoreCall.Renewal.class).hold();

            rig.time.advance(TTL.dividedBy(2));

            assertThat(session.state()).isEqualTo(SessionState.SUSPECT);
        }

        @Test
        void triesAgainQuicklyAndNotInATightLoop() {
            rig.open();
            FaultRule outage = rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();

            rig.time.advance(THIRD.plusSeconds(10));

            assertThat(outage.hits()).isBetween(20, 25);
        }

        @Test
        void isLostWhenTheServerDoesNotKnowTheLease() {
            Session session = rig.open();
            List<SessionLoss> losses = rig.losses(session);
            rig.faulty.watches().cut();
            now(rig.faulty.dropLease(session.leaseId()));
            assertThat(session.state()).isEqualTo(SessionState.CONNECTED);

            rig.time.advance(THIRD);

            assertThat(session.state()).isEqualTo(SessionState.LOST);
            assertThat(losses).extracting(SessionLoss::reason).containsExactly(SessionLossReason.LEASE_GONE);
        }

        @Test
        void isLostWhenTheAnswerLeavesNoTime() {
            Session session =
                    now(rig.sessions(answeringNoTime(rig.faulty), "locks").reserve(TTL));

            CompletableFuture<Void> renewed = session.renewNow();

            assertThat(session.isOver()).isTrue();
            assertThat(failure(renewed).code()).isEqualTo(ErrorCode.LOCK_LOST);
        }

        /** An engine that hands on what etcd answers about a lease that is gone: no time left. */
        private Store answeringNoTime(Store store) {
            return (Store) Proxy.newProxyInstance(
                    Store.class.getClassLoader(),
                    new Class<?>[] {Store.class},
                    (proxy, method, arguments) -> method.getName().equals("renewOnce")
                            ? CompletableFuture.completedFuture(Duration.ZERO)
                            : method.invoke(store, arguments));
        }
    }

    @Nested
    class Suspend {

        @Test
        void makesASessionInvalidUntilARenewalWasAcknowledged() {
            Session session = rig.open();
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            rig.time.jumpWall(Duration.ofSeconds(10));

            assertThat(session.isValid()).isFalse();
            assertThat(session.remaining()).isZero();
            assertThat(session.state()).isEqualTo(SessionState.CONNECTED);
            assertThat(held.count()).as("renewals sent at once").isEqualTo(1);
            held.release();

            assertThat(session.isValid()).isTrue();
            assertThat(session.remaining()).isEqualTo(CERTAIN);
        }

        @Test
        void isNotForgivenByARenewalThatWasSentBefore() {
            Session session = rig.open();
            HeldCalls before = rig.faulty.onNext(StoreCall.Renewal.class).holdAnswer();
            session.renewNow();
            rig.time.jumpWall(Duration.ofSeconds(10));
            rig.faulty.onEvery(StoreCall.Renewal.class).hold();

            before.release();

            assertThat(session.isValid()).isFalse();
        }

        @Test
        void isNotWhatAClockSetBackLooksLike() {
            Session session = rig.open();

            rig.time.jumpWall(Duration.ofHours(-1));

            assertThat(session.isValid()).isTrue();
            assertThat(rig.count(StoreCall.Renewal.class)).isZero();
        }

        @Test
        void isNotWhatASmallCorrectionOfTheClockLooksLike() {
            Session session = rig.open();

            rig.time.jumpWall(Duration.ofSeconds(3));

            assertThat(session.isValid()).isTrue();
        }
    }
}
