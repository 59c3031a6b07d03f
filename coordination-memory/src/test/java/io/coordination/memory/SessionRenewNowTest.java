package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.NANO;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionState;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Renewals that somebody asks for. */
class SessionRenewNowTest {

    private final SessionRig rig = new SessionRig();

    @Nested
    class RenewNow {

        @Test
        void joinsThoseWhoComeWhileARenewalIsOnItsWayInTheNextOne() {
            Session session = rig.open();
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();

            CompletableFuture<Void> first = session.renewNow();
            CompletableFuture<Void> second = session.renewNow();
            CompletableFuture<Void> third = session.renewNow();
            assertThat(held.count()).isEqualTo(1);

            HeldCalls next = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            held.release();
            assertThat(first).isCompleted();
            assertThat(second).isNotDone();
            assertThat(next.count()).isEqualTo(1);

            next.release();
            assertThat(second).isCompleted();
            assertThat(third).isCompleted();
            assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(2);
        }

        @Test
        void failsAsTheRenewalFailsAndTheSessionGoesOn() {
            Session session = rig.open();
            rig.faulty.onNext(StoreCall.Renewal.class).loseAnswer();

            assertThat(failure(session.renewNow()).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);

            assertThat(session.isValid()).isTrue();
            now(session.renewNow());
        }

        @Test
        void failsWithLockLostTheMomentTheSessionEnds() {
            Session session = rig.open();
            HeldCalls held = rig.faulty.onEvery(StoreCall.Renewal.class).holdAnswer();
            CompletableFuture<Void> onItsWay = session.renewNow();
            CompletableFuture<Void> waiting = session.renewNow();

            rig.deleteKeyOf(session);

            assertThat(failure(onItsWay).code()).isEqualTo(ErrorCode.LOCK_LOST);
            assertThat(failure(waiting).code()).isEqualTo(ErrorCode.LOCK_LOST);
            held.release();
            assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(1);
        }

        @Test
        void failsWithLockLostWhenTheAnswerComesTooLate() {
            Session session = rig.open();
            rig.time.advance(Duration.ofSeconds(1));
            rig.faulty.onEvery(StoreCall.Renewal.class).delayAnswer(TTL.plusSeconds(1));
            CompletableFuture<Void> renewed = session.renewNow();

            rig.time.advance(TTL.multipliedBy(2));

            assertThat(failure(renewed).code()).isEqualTo(ErrorCode.LOCK_LOST);
        }

        @Test
        void failsWithLockLostWhenTheLeaseIsGone() {
            Session session = rig.open();
            rig.faulty.watches().cut();
            now(rig.faulty.dropLease(session.leaseId()));

            assertThat(failure(session.renewNow()).code()).isEqualTo(ErrorCode.LOCK_LOST);
            assertThat(failure(session.renewNow()).code()).isEqualTo(ErrorCode.LOCK_LOST);
        }

        @Test
        void failsWithClosedAfterTheClose() {
            Session session = rig.open();
            now(rig.sessions.closeAsync());

            assertThat(failure(session.renewNow()).code()).isEqualTo(ErrorCode.CLOSED);
        }
    }

    @Nested
    class TheLastRenewal {

        @Test
        void isTheLastOne() {
            Session session = rig.open();
            rig.time.advance(Duration.ofSeconds(5));

            now(session.renewLastTime());
            assertThat(session.remaining()).isEqualTo(CERTAIN);
            rig.time.advance(CERTAIN.minus(NANO));
            assertThat(session.isValid()).isTrue();
            assertThat(session.state()).isEqualTo(SessionState.CONNECTED);
            rig.time.advance(NANO);

            assertThat(session.isOver()).isTrue();
            assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(1);
        }

        @Test
        void isTheOneBeforeIfThatIsFresh() {
            Session session = rig.open();
            rig.time.advance(TTL.dividedBy(10).minus(NANO));

            now(session.renewLastTime());

            assertThat(rig.count(StoreCall.Renewal.class)).isZero();
            rig.time.advance(CERTAIN);
            assertThat(session.isOver()).isTrue();
            assertThat(rig.count(StoreCall.Renewal.class)).isZero();
        }

        @Test
        void isSentAfterTheCallEvenIfAnotherOneIsOnItsWay() {
            Session session = rig.open();
            rig.time.advance(Duration.ofSeconds(5));
            HeldCalls before = rig.faulty.onNext(StoreCall.Renewal.class).holdAnswer();
            session.renewNow();
            rig.time.advance(Duration.ofSeconds(1));

            CompletableFuture<Void> last = session.renewLastTime();
            assertThat(last).isNotDone();
            before.release();

            assertThat(last).isCompleted();
            assertThat(session.remaining()).isEqualTo(CERTAIN);
        }

        @Test
        void isNotRepeatedByItselfWhenItFails() {
            Session session = rig.open();
            rig.time.advance(Duration.ofSeconds(5));
            rig.faulty.onNext(StoreCall.Renewal.class).loseRequest();

            assertThat(failure(session.renewLastTime()).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            rig.time.advance(CERTAIN);

            assertThat(session.isOver()).isTrue();
            assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(1);
        }

        @Test
        void isNotProlongedByASuspectedSuspend() {
            Session session = rig.open();
            now(session.renewLastTime());
            rig.time.jumpWall(Duration.ofMinutes(1));

            assertThat(session.isValid()).isFalse();
            rig.time.advance(CERTAIN);

            assertThat(session.isOver()).isTrue();
            assertThat(rig.count(StoreCall.Renewal.class)).isZero();
        }

        @Test
        void mayBeFollowedByOneThatIsAskedFor() {
            Session session = rig.open();
            now(session.renewLastTime());
            rig.time.advance(Duration.ofSeconds(20));

            now(session.renewNow());

            assertThat(session.remaining()).isEqualTo(CERTAIN);
        }

        @Test
        void ofALostSessionFails() {
            Session session = rig.open();
            rig.deleteKeyOf(session);

            assertThat(failure(session.renewLastTime()).code()).isEqualTo(ErrorCode.LOCK_LOST);
        }
    }
}
