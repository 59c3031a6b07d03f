package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.session.Session;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionOpeningTest {

    private final SessionRig rig = new SessionRig();

    @Nested
    class Certainty {

        @Test
        void countsFromBeforeTheGrantWasSent() {
            rig.faulty.onNext(StoreCall.Grant.class).delayAnswer(Duration.ofSeconds(2));
            CompletableFuture<Session> opening = rig.sessions.reserve(TTL);

            rig.time.advance(Duration.ofSeconds(2));

            assertThat(now(opening).remaining()).isEqualTo(CERTAIN.minusSeconds(2));
            assertThat(rig.count(StoreCall.Renewal.class)).isZero();
        }

        @Test
        void countsFromTheGrantHoweverLongTheKeyTook() {
            rig.faulty.onNextTxn(txn -> true).delayAnswer(Duration.ofSeconds(4));
            CompletableFuture<Session> opening = rig.sessions.reserve(TTL);

            rig.time.advance(Duration.ofSeconds(4));

            assertThat(now(opening).remaining()).isEqualTo(CERTAIN.minusSeconds(4));
        }

        @Test
        void isRenewedBeforeTheFirstUseWhereOpeningTookLong() {
            rig.faulty.onNext(StoreCall.Grant.class).delayAnswer(TTL.dividedBy(3));
            CompletableFuture<Duration> certain = rig.sessions.reserve(TTL).thenApply(Session::remaining);

            rig.time.advance(TTL.dividedBy(3));

            assertThat(now(certain)).as("at the hand-out").isEqualTo(CERTAIN);
            assertThat(rig.count(StoreCall.Renewal.class)).isEqualTo(1);
        }

        @Test
        void thatCannotBeRenewedMakesNoSession() {
            rig.faulty.onNext(StoreCall.Grant.class).delayAnswer(TTL.plusSeconds(1));
            CompletableFuture<Session> opening = rig.sessions.reserve(TTL);

            rig.time.advance(TTL.plusSeconds(1));

            assertThat(failure(opening).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }
    }

    @Nested
    class LostAnswers {

        @Test
        void ofTheGrantLeaveNoLease() {
            rig.faulty.onNext(StoreCall.Grant.class).loseAnswer();

            assertThat(failure(rig.sessions.reserve(TTL)).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);

            assertThat(rig.faulty.leases()).isEmpty();
            assertThat(granted()).hasSize(1).noneMatch(rig::leaseLives);
        }

        @Test
        void ofTheGrantAreFollowedByALeaseOfAnotherId() {
            rig.faulty.onNext(StoreCall.Grant.class).loseAnswer();
            failure(rig.sessions.reserve(TTL));

            Session session = rig.open();

            assertThat(granted()).hasSize(2).doesNotHaveDuplicates();
            assertThat(granted().get(1)).isEqualTo(session.leaseId());
        }

        @Test
        void aGrantThatArrivesTwiceIsOneLease() {
            HeldCalls copy = rig.faulty.onNext(StoreCall.Grant.class).duplicate();
            Session session = rig.open();
            rig.time.advance(Duration.ofSeconds(1));

            copy.release();

            assertThat(session.remaining()).isEqualTo(CERTAIN.minusSeconds(1));
            now(session.renewNow());
        }

        @Test
        void ofTheKeyLeaveNoLease() {
            rig.faulty.onNextTxn(txn -> true).loseAnswer();

            assertThat(failure(rig.sessions.reserve(TTL)).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);

            assertThat(granted()).noneMatch(rig::leaseLives);
            assertThat(StoreCalls.keys(rig.memory, "/")).isEmpty();
        }

        @Test
        void theKeyThatIsSentTwiceIsTheFirst() {
            rig.faulty.onNextTxn(txn -> true).runBefore(() -> {
                now(rig.memory.txn(rig.faulty.txns().get(0)));
                StoreCalls.put(rig.memory, "/elsewhere", "1");
            });

            Session session = rig.open();

            assertThat(session.firstFence()).isEqualTo(2);
            rig.loseHistory(() -> {});
            assertThat(session.isValid()).isTrue();
        }

        @Test
        void aKeyOfAnotherLeaseIsRefused() {
            rig.faulty.onNextTxn(txn -> true).runBefore(() -> {
                Txn.Put put = (Txn.Put) rig.faulty.txns().get(0).success().get(0);
                now(rig.memory.txn(Txn.always(Op.put(put.key(), Bytes.EMPTY, 0))));
            });

            assertThat(failure(rig.sessions.reserve(TTL)).code()).isEqualTo(ErrorCode.INTERNAL_ERROR);

            assertThat(granted()).noneMatch(rig::leaseLives);
        }
    }

    @Nested
    class WithoutAServer {

        @Test
        void theReservationFailsAndNothingStays() {
            rig.faulty.disconnect();

            assertThat(failure(rig.sessions.reserve(TTL)).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);

            rig.time.advance(TTL.multipliedBy(2).plusSeconds(1));
            assertThat(rig.time.pendingTasks()).isZero();
            assertThat(rig.faulty.watches().count()).isZero();
            assertThat(rig.sessions.state().name()).isEqualTo("CONNECTED");
        }

        @Test
        void theNextReservationTriesAgain() {
            rig.faulty.disconnect();
            failure(rig.sessions.reserve(TTL));
            rig.faulty.reconnect();

            assertThat(rig.open().isValid()).isTrue();
        }

        @Test
        void allWhoWaitedHearOfTheFailure() {
            HeldCalls held = rig.faulty.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Session> first = rig.sessions.reserve(TTL);
            CompletableFuture<Session> second = rig.sessions.reserve(TTL);

            held.drop();

            assertThat(failure(first).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure(second).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(granted()).hasSize(1);
        }

        @Test
        void aGrantThatSurelyDidNotArriveIsNotRevoked() {
            FaultRule refusing = rig.faulty
                    .onNext(StoreCall.Grant.class)
                    .refuse(CoordinationException.of(ErrorCode.CONNECTION_ERROR, "the breaker is open"));

            assertThat(failure(rig.sessions.reserve(TTL)).code()).isEqualTo(ErrorCode.CONNECTION_ERROR);

            assertThat(refusing.hits()).isEqualTo(1);
            assertThat(rig.count(StoreCall.Revocation.class)).isZero();
        }

        @Test
        void aLeaseWhoseKeyWasRefusedIsRevoked() {
            rig.faulty
                    .onNextTxn(txn -> true)
                    .refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "no right to write there"));

            assertThat(failure(rig.sessions.reserve(TTL)).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);

            assertThat(granted()).noneMatch(rig::leaseLives);
        }
    }

    private List<Long> granted() {
        return rig.faulty.calls().stream()
                .filter(StoreCall.Grant.class::isInstance)
                .map(call -> ((StoreCall.Grant) call).leaseId())
                .toList();
    }
}
