package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.NANO;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationTimeoutException;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import io.coordination.store.session.SessionLossReason;
import io.coordination.store.session.SessionState;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a session ends, and who is told in which order. */
class SessionEndingTest {

    private final SessionRig rig = new SessionRig();

    @Nested
    class Expiry {

        @Test
        void comesAtTheDeadlineAndNotEarlier() {
            Session session = rig.open();
            List<SessionLoss> losses = rig.losses(session);
            rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();

            rig.time.advance(CERTAIN.minus(NANO));
            assertThat(session.isValid()).isTrue();
            rig.time.advance(NANO);

            assertThat(session.isValid()).isFalse();
            assertThat(session.state()).isEqualTo(SessionState.LOST);
            assertThat(losses).extracting(SessionLoss::reason).containsExactly(SessionLossReason.EXPIRED);
            assertThat(losses.get(0).cause()).containsInstanceOf(CoordinationTimeoutException.class);
        }

        @Test
        void isSeenByWhoeverAsksEvenIfTheTimerIsLate() {
            Session session = rig.open();
            rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            List<Boolean> valid = new ArrayList<>();
            rig.time.schedule(CERTAIN.minus(NANO), () -> valid.add(session.isValid()));
            rig.time.schedule(CERTAIN, () -> {
                assertThat(session.isOver()).as("the timer came first").isFalse();
                valid.add(session.isValid());
            });

            rig.time.advance(CERTAIN);

            assertThat(valid).containsExactly(true, false);
        }

        @Test
        void comesBeforeTheServerLetsOthersIn() {
            Session session = rig.open();
            rig.faulty.disconnect();
            List<Boolean> livedWhenLost = new ArrayList<>();
            session.onLost(loss -> livedWhenLost.add(rig.leaseLives(session.leaseId())));

            rig.time.advance(TTL.plusSeconds(1));

            assertThat(livedWhenLost).containsExactly(true);
            assertThat(rig.leaseLives(session.leaseId())).isFalse();
        }

        @Test
        void isNotUndoneByALateAnswer() {
            Session session = rig.open();
            HeldCalls late = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            rig.time.advance(CERTAIN);
            assertThat(session.isOver()).isTrue();
            long renewals = rig.count(StoreCall.Renewal.class);

            late.release();
            rig.time.advance(TTL);

            assertThat(session.isValid()).isFalse();
            assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(renewals);
        }

        @Test
        void isMovedByARenewalWhoseAnswerComesJustInTime() {
            Session session = rig.open();
            rig.time.advance(Duration.ofSeconds(5));
            rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            rig.faulty.onNext(StoreCall.Renewal.class).delayAnswer(CERTAIN.minusSeconds(6));
            session.renewNow();

            rig.time.advance(CERTAIN.minusSeconds(5));

            assertThat(session.remaining()).isEqualTo(Duration.ofSeconds(5));
        }
    }

    @Nested
    class TheEnd {

        private final Session session = rig.open();
        private final List<String> order = new ArrayList<>();

        private void recordTheOrder() {
            session.onLost(loss -> order.add("told " + loss.reason() + " " + session.isValid()));
            rig.faulty
                    .onNext(StoreCall.Revocation.class)
                    .runBefore(() -> order.add("revoke " + session.state() + " " + session.isValid()));
        }

        @Test
        void isKnownHereBeforeTheRevokeIsSentAtTheDeadline() {
            recordTheOrder();
            rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();

            rig.time.advance(CERTAIN);

            assertThat(order).containsExactly("told EXPIRED false", "revoke LOST false");
        }

        @Test
        void isKnownHereBeforeTheRevokeIsSentAtTheClose() {
            recordTheOrder();

            now(rig.sessions.closeAsync());

            assertThat(order).containsExactly("told CLOSED false", "revoke LOST false");
        }

        @Test
        void isKnownHereBeforeTheRevokeIsSentWhenTheKeyIsGone() {
            recordTheOrder();

            session.keyIsGone();

            assertThat(order).containsExactly("told KEY_DELETED false", "revoke LOST false");
        }

        @Test
        void comesOnce() {
            List<SessionLoss> losses = rig.losses(session);

            session.keyIsGone();
            session.leave();
            now(rig.sessions.closeAsync());

            assertThat(losses).extracting(SessionLoss::reason).containsExactly(SessionLossReason.KEY_DELETED);
            assertThat(rig.count(StoreCall.Revocation.class)).isEqualTo(1);
        }

        @Test
        void isRevokedUntilTheServerHasAnswered() {
            rig.faulty.onNext(StoreCall.Revocation.class).loseRequest();
            rig.faulty.onNext(StoreCall.Revocation.class).loseRequest();
            session.keyIsGone();
            assertThat(rig.leaseLives(session.leaseId())).isTrue();

            rig.time.advance(Duration.ofSeconds(3));

            assertThat(rig.leaseLives(session.leaseId())).isFalse();
            assertThat(rig.count(StoreCall.Revocation.class)).isEqualTo(3);
        }

        @Test
        void isNotRevokedForEverWhenTheServerIsGone() {
            rig.faulty.disconnect();

            rig.time.advance(TTL.multipliedBy(4));

            assertThat(session.isOver()).isTrue();
            assertThat(rig.time.pendingTasks()).isZero();
        }

        @Test
        void isNotRevokedWhenTheSessionWasLeft() {
            List<SessionLoss> losses = rig.losses(session);

            session.leave();

            assertThat(session.isValid()).isFalse();
            assertThat(losses).extracting(SessionLoss::reason).containsExactly(SessionLossReason.CLOSED);
            rig.time.advance(TTL.minus(NANO));
            assertThat(rig.leaseLives(session.leaseId())).isTrue();
            rig.time.advance(NANO);
            assertThat(rig.leaseLives(session.leaseId())).isFalse();
            assertThat(rig.count(StoreCall.Revocation.class)).isZero();
        }

        @Test
        void isToldToWhoeverComesLater() {
            session.keyIsGone();

            assertThat(rig.losses(session)).hasSize(1);
        }

        @Test
        void isRevokedEvenIfAListenerThrows() {
            session.onLost(loss -> {
                throw new IllegalStateException("a failure on purpose");
            });
            rig.sessions.onChange(() -> {
                throw new IllegalStateException("a failure on purpose");
            });

            session.keyIsGone();

            assertThat(rig.leaseLives(session.leaseId())).isFalse();
        }

        @Test
        void leavesNothingBehind() {
            now(rig.sessions.closeAsync());

            assertThat(StoreCalls.keys(rig.memory, "/")).isEmpty();
            assertThat(rig.faulty.watches().count()).isZero();
            rig.time.advance(TTL); // the memory store wakes up for a lease that is no more
            assertThat(rig.time.pendingTasks()).isZero();
        }
    }
}
