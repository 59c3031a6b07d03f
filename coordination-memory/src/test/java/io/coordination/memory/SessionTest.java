package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.NANO;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionTest {

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

    @Nested
    class TheSessionKey {

        @Test
        void saysWhoTheProcessIs() {
            Session session = rig.open();

            KeyValue key =
                    entry(rig.memory, rig.keys.sessionKey(session.leaseId())).orElseThrow();

            assertThat(key.lease()).isEqualTo(session.leaseId());
            assertThat(key.modRevision()).isEqualTo(session.firstFence());
            assertThat(key.value()).isEqualTo(session.identity());
            assertThat(key.value().utf8())
                    .contains("\"node\":\"node-7\"")
                    .contains("\"recipe\":\"locks\"")
                    .contains("\"pid\":" + ProcessHandle.current().pid())
                    .contains("\"since\":\"2030-01-01T00:00:00Z\"");
        }

        @Test
        void endsTheSessionTheMomentItIsDeleted() {
            Session session = rig.open();
            List<SessionLoss> losses = rig.losses(session);

            rig.deleteKeyOf(session);

            assertThat(session.state()).isEqualTo(SessionState.LOST);
            assertThat(losses).containsExactly(new SessionLoss(SessionLossReason.KEY_DELETED, Optional.empty()));
            assertThat(rig.leaseLives(session.leaseId())).isFalse();
        }

        @Test
        void mayBeWrittenAndHaveKeysBelow() {
            Session session = rig.open();
            String key = rig.keys.sessionKey(session.leaseId());

            now(rig.memory.txn(Txn.always(
                    Op.putKeepingLease(key, Bytes.utf8("{}")), Op.put(key + "/1", Bytes.EMPTY, session.leaseId()))));
            now(rig.memory.txn(Txn.always(Op.delete(key + "/1"))));

            assertThat(session.isValid()).isTrue();
        }

        @Test
        void ofAnotherSessionIsNoConcern() {
            Session session = rig.open();
            Session other = now(rig.sessions.dedicated(TTL));

            rig.deleteKeyOf(other);

            assertThat(other.isOver()).isTrue();
            assertThat(session.isValid()).isTrue();
        }

        @Test
        void isReadAgainWhenTheHistoryWasCompactedBehindTheWatch() {
            Session session = rig.open();

            rig.loseHistory(() -> {});
            assertThat(session.isValid()).isTrue();
            rig.deleteKeyOf(session);

            assertThat(session.isOver()).isTrue();
        }

        @Test
        void thatWasDeletedInAGapEndsTheSession() {
            Session session = rig.open();
            List<SessionLoss> losses = rig.losses(session);

            rig.loseHistory(() -> rig.deleteKeyOf(session));

            assertThat(losses).extracting(SessionLoss::reason).containsExactly(SessionLossReason.KEY_DELETED);
        }

        @Test
        void thatWasDeletedAndMadeAnewInAGapEndsTheSession() {
            Session session = rig.open();

            rig.loseHistory(() -> {
                rig.deleteKeyOf(session);
                StoreCalls.putLeased(rig.memory, rig.keys.sessionKey(session.leaseId()), session.leaseId());
            });

            assertThat(session.isOver()).isTrue();
        }

        @Test
        void isReadUntilThereIsAnAnswer() {
            Session session = rig.open();
            FaultRule outage = rig.faulty.onEvery(StoreCall.Range.class).loseRequest();
            rig.loseHistory(() -> rig.deleteKeyOf(session));
            rig.time.advance(Duration.ofSeconds(3));
            assertThat(session.isOver()).isFalse();
            assertThat(outage.hits()).isEqualTo(4);

            outage.end();
            rig.time.advance(Duration.ofSeconds(1));

            assertThat(session.isOver()).isTrue();
        }

        @Test
        void isNotReadOnceTheSessionIsOver() {
            Session session = rig.open();
            FaultRule outage = rig.faulty.onEvery(StoreCall.Range.class).loseRequest();
            rig.loseHistory(() -> {});
            session.keyIsGone();

            rig.time.advance(TTL);

            assertThat(outage.hits()).isEqualTo(1);
            assertThat(rig.faulty.watches().count()).isZero();
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

            rig.time.advance(Duration.ofSeconds(2));

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
