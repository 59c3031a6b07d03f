package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.NANO;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ConnectionState;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionsTest {

    private static final int KEYS = 1_000;
    private static final int CLASSES = 32;

    private final SessionRig rig = new SessionRig();
    private final Sessions sessions = rig.sessions;

    @Nested
    class Sharing {

        @Test
        void oneTtlIsOneLease() {
            assertThat(rig.open()).isSameAs(rig.open());
            assertThat(rig.count(StoreCall.Grant.class)).isEqualTo(1);
        }

        @Test
        void thoseWhoComeWhileItOpensShareIt() {
            HeldCalls held = rig.faulty.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Session> first = sessions.reserve(TTL);
            CompletableFuture<Session> second = sessions.reserve(TTL);

            held.release();

            assertThat(now(first)).isSameAs(now(second));
        }

        @Test
        void anotherTtlIsAnotherLease() {
            Session longer = now(sessions.reserve(TTL.plusSeconds(1)));

            assertThat(longer).isNotSameAs(rig.open());
            assertThat(longer.ttl()).isEqualTo(TTL.plusSeconds(1));
        }

        @Test
        void anotherRecipeIsAnotherLease() {
            Sessions registry = rig.sessions(rig.faulty, "registry");

            assertThat(now(registry.reserve(TTL)).leaseId())
                    .isNotEqualTo(rig.open().leaseId());
        }

        @Test
        void aThousandKeysFillASession() {
            Session first = rig.open();
            for (int i = 1; i < KEYS; i++) {
                assertThat(rig.open()).isSameAs(first);
            }

            Session second = rig.open();
            assertThat(second).isNotSameAs(first);

            first.release();
            assertThat(rig.open()).isSameAs(first);
            assertThat(rig.open()).isSameAs(second);
        }

        @Test
        void aLostSessionGetsNoNewKeys() {
            Session lost = rig.open();
            lost.keyIsGone();

            Session next = rig.open();

            assertThat(next).isNotSameAs(lost);
            assertThat(next.isValid()).isTrue();
        }

        @Test
        void aLostSessionGetsNoNewKeysNotEvenWhileItsLossIsBeingTold() {
            Session lost = rig.open();
            List<Session> next = new ArrayList<>();
            sessions.onChange(() -> {
                if (next.isEmpty()) {
                    next.add(rig.open());
                }
            });

            lost.keyIsGone();

            assertThat(next).hasSize(1).doesNotContain(lost);
        }

        @Test
        void whatTheServerGrantsCounts() {
            Session shortest = now(sessions.reserve(Duration.ofSeconds(1)));

            assertThat(shortest.ttl()).isEqualTo(Duration.ofSeconds(2));
            rig.time.advance(Duration.ofSeconds(60));
            assertThat(shortest.isValid()).isTrue();
        }
    }

    @Nested
    class Cancelling {

        @Test
        void givesTheRoomBackAndDisturbsNobodyElse() {
            HeldCalls held = rig.faulty.onNext(StoreCall.Grant.class).hold();
            List<CompletableFuture<Session>> all = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                all.add(sessions.reserve(TTL));
            }

            all.get(0).cancel(false);
            held.release();

            Session session = now(all.get(1));
            assertThat(rig.open()).isSameAs(session);
            assertThat(rig.open()).isNotSameAs(session);
        }

        @Test
        void theOnlyReservationLetsTheSessionRetire() {
            HeldCalls held = rig.faulty.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Session> only = sessions.reserve(TTL);

            only.cancel(false);
            held.release();
            assertThat(rig.faulty.leases()).hasSize(1);
            rig.time.advance(TTL);

            assertThat(rig.faulty.leases()).isEmpty();
        }

        @Test
        void aDedicatedOneRevokesIt() {
            HeldCalls held = rig.faulty.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Session> only = sessions.dedicated(TTL);

            only.cancel(false);
            held.release();

            assertThat(rig.count(StoreCall.Grant.class)).isEqualTo(1);
            assertThat(rig.faulty.leases()).isEmpty();
        }
    }

    @Nested
    class Retiring {

        @Test
        void comesAfterOneTtlWithoutKeys() {
            Session session = rig.open();
            rig.time.advance(TTL.multipliedBy(3));
            session.release();

            rig.time.advance(TTL.minus(NANO));
            assertThat(session.isValid()).isTrue();
            rig.time.advance(NANO);

            assertThat(session.isOver()).isTrue();
            assertThat(rig.leaseLives(session.leaseId())).isFalse();
        }

        @Test
        void doesNotComeWhileThereIsAKey() {
            Session session = rig.open();
            rig.open();
            session.release();

            rig.time.advance(TTL.multipliedBy(3));

            assertThat(session.isValid()).isTrue();
        }

        @Test
        void isPutOffByWhoeverUsesItMeanwhile() {
            Session session = rig.open();
            session.release();
            rig.time.advance(TTL.minusSeconds(1));
            assertThat(rig.open()).isSameAs(session);
            rig.time.advance(TTL);
            session.release();

            rig.time.advance(TTL.minus(NANO));
            assertThat(session.isValid()).isTrue();
            rig.time.advance(NANO);

            assertThat(session.isOver()).isTrue();
        }

        @Test
        void countsFromTheLastUse() {
            Session session = rig.open();
            session.release();
            rig.time.advance(Duration.ofSeconds(20));
            rig.open().release();

            rig.time.advance(Duration.ofSeconds(20));

            assertThat(session.isValid()).isTrue();
        }

        @Test
        void isNoLossForTheState() {
            List<ConnectionState> states = new ArrayList<>();
            sessions.onChange(() -> states.add(sessions.state()));
            rig.open().release();

            rig.time.advance(TTL);

            assertThat(rig.faulty.leases()).isEmpty();
            assertThat(states).containsOnly(ConnectionState.CONNECTED);
        }
    }

    @Nested
    class TtlClasses {

        /** Sessions of 10 s, 20 s and so on, as many as there may be. */
        private List<Session> all() {
            List<Session> all = new ArrayList<>();
            for (int i = 1; i <= CLASSES; i++) {
                all.add(now(sessions.reserve(Duration.ofSeconds(10L * i))));
            }
            return all;
        }

        @Test
        void beyondThirtyTwoTakeTheLongestThatIsNotLonger() {
            List<Session> all = all();
            Set<Session> different = new HashSet<>(all);
            assertThat(different).hasSize(CLASSES);

            assertThat(now(sessions.reserve(Duration.ofSeconds(29)))).isSameAs(all.get(1));
            assertThat(now(sessions.reserve(Duration.ofSeconds(30)))).isSameAs(all.get(2));
            assertThat(now(sessions.reserve(Duration.ofHours(1)))).isSameAs(all.get(CLASSES - 1));
            assertThat(rig.count(StoreCall.Grant.class)).isEqualTo(CLASSES);
        }

        @Test
        void shorterThanAllAreRefused() {
            all();

            CoordinationException refusal = failure(sessions.reserve(Duration.ofSeconds(9)));

            assertThat(refusal.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(refusal).hasMessageContaining("PT9S").hasMessageContaining("32");
        }

        @Test
        void thatRetiredMakeRoom() {
            List<Session> all = all();
            all.get(0).release();
            rig.time.advance(Duration.ofSeconds(10));

            assertThat(now(sessions.reserve(Duration.ofSeconds(9))).ttl()).isEqualTo(Duration.ofSeconds(9));
        }

        @Test
        void thatCouldNotBeOpenedTakeNoRoom() {
            rig.faulty.disconnect();
            for (int i = 1; i <= 2 * CLASSES; i++) {
                failure(sessions.reserve(Duration.ofSeconds(10L * i)));
            }
            rig.faulty.reconnect();

            assertThat(all()).hasSize(CLASSES);
        }

        @Test
        void doNotCountDedicatedSessions() {
            all();

            assertThat(now(sessions.dedicated(Duration.ofSeconds(9))).ttl()).isEqualTo(Duration.ofSeconds(9));
        }
    }

    @Nested
    class Dedicated {

        @Test
        void isSharedWithNobody() {
            Session mine = now(sessions.dedicated(TTL));

            assertThat(mine).isNotSameAs(now(sessions.dedicated(TTL))).isNotSameAs(rig.open());
        }

        @Test
        void isRevokedAtItsRelease() {
            Session mine = now(sessions.dedicated(TTL));

            mine.release();

            assertThat(mine.isOver()).isTrue();
            assertThat(rig.leaseLives(mine.leaseId())).isFalse();
        }
    }

    @Nested
    class State {

        private final List<ConnectionState> states = new ArrayList<>(List.of(ConnectionState.CONNECTED));

        /** Records each change once, as whoever shows the state to users does. */
        private void record() {
            sessions.onChange(() -> {
                if (states.get(states.size() - 1) != sessions.state()) {
                    states.add(sessions.state());
                }
            });
        }

        @Test
        void isConnectedWithoutSessions() {
            assertThat(sessions.state()).isEqualTo(ConnectionState.CONNECTED);
        }

        @Test
        void isTheWorstOfAllAndRecovers() {
            record();
            Session steady = now(sessions.reserve(Duration.ofSeconds(60)));
            Session shaky = rig.open();
            FaultRule outage = rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();

            rig.time.advance(Duration.ofSeconds(16));
            assertThat(sessions.state()).isEqualTo(ConnectionState.SUSPECT);
            assertThat(states).containsExactly(ConnectionState.CONNECTED, ConnectionState.SUSPECT);

            outage.end();
            rig.time.advance(Duration.ofSeconds(1));
            assertThat(sessions.state()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(states)
                    .containsExactly(ConnectionState.CONNECTED, ConnectionState.SUSPECT, ConnectionState.CONNECTED);
            assertThat(shaky.isValid() && steady.isValid()).isTrue();
        }

        @Test
        void isLostUntilTheLastKeyOfTheLostSessionWasGivenBack() {
            record();
            Session lost = rig.open();
            rig.open();
            lost.keyIsGone();
            rig.open();
            assertThat(sessions.state()).isEqualTo(ConnectionState.LOST);

            lost.release();
            assertThat(sessions.state()).isEqualTo(ConnectionState.LOST);
            lost.release();

            assertThat(sessions.state()).isEqualTo(ConnectionState.CONNECTED);
            assertThat(states)
                    .containsExactly(ConnectionState.CONNECTED, ConnectionState.LOST, ConnectionState.CONNECTED);
        }

        @Test
        void isToldEvenIfWhoeverHearsOfTheLossGivesTheLastKeyBackAtOnce() {
            record();
            Session lost = rig.open();
            lost.onLost(loss -> lost.release());

            lost.keyIsGone();

            assertThat(states)
                    .containsExactly(ConnectionState.CONNECTED, ConnectionState.LOST, ConnectionState.CONNECTED);
        }

        @Test
        void isNotTouchedByTheLossOfASessionThatNobodyUses() {
            Session unused = rig.open();
            unused.release();

            unused.keyIsGone();

            assertThat(sessions.state()).isEqualTo(ConnectionState.CONNECTED);
        }

        @Test
        void countsDedicatedSessions() {
            Session mine = now(sessions.dedicated(TTL));
            rig.faulty.onEvery(StoreCall.Renewal.class).loseRequest();

            rig.time.advance(Duration.ofSeconds(16));
            assertThat(sessions.state()).isEqualTo(ConnectionState.SUSPECT);
            rig.time.advance(CERTAIN);
            assertThat(sessions.state()).isEqualTo(ConnectionState.LOST);
            mine.release();

            assertThat(sessions.state()).isEqualTo(ConnectionState.CONNECTED);
        }

        @Test
        void isToldToEachListenerWhateverAnotherThrows() {
            sessions.onChange(() -> {
                throw new IllegalStateException("a failure on purpose");
            });
            record();

            rig.open().keyIsGone();

            assertThat(states).containsExactly(ConnectionState.CONNECTED, ConnectionState.LOST);
        }
    }

    @Nested
    class Closing {

        @Test
        void revokesEverything() {
            Session shared = rig.open();
            Session other = now(sessions.reserve(TTL.plusSeconds(1)));
            Session mine = now(sessions.dedicated(TTL));
            Session retiring = now(sessions.reserve(TTL.plusSeconds(2)));
            retiring.release();

            now(sessions.closeAsync());

            assertThat(List.of(shared, other, mine, retiring)).allMatch(Session::isOver);
            assertThat(rig.faulty.leases()).isEmpty();
        }

        @Test
        void waitsForTheFirstAnswerToEachRevoke() {
            rig.open();
            HeldCalls held = rig.faulty.onNext(StoreCall.Revocation.class).holdAnswer();

            CompletableFuture<Void> closed = sessions.closeAsync();
            assertThat(closed).isNotDone();
            held.release();

            assertThat(closed).isCompleted();
        }

        @Test
        void doesNotWaitForAServerThatIsGone() {
            rig.open();
            rig.faulty.disconnect();

            now(sessions.closeAsync());
        }

        @Test
        void refusesReservations() {
            now(sessions.closeAsync());

            assertThat(failure(sessions.reserve(TTL)).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(sessions.dedicated(TTL)).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(rig.count(StoreCall.Grant.class)).isZero();
        }

        @Test
        void mayBeRepeated() {
            rig.open();

            now(sessions.closeAsync());
            now(sessions.closeAsync());

            assertThat(rig.count(StoreCall.Revocation.class)).isEqualTo(1);
        }

        @Test
        void endsASessionThatIsBeingOpened() {
            HeldCalls grant = rig.faulty.onNext(StoreCall.Grant.class).holdAnswer();
            HeldCalls revoke = rig.faulty.onNext(StoreCall.Revocation.class).hold();
            CompletableFuture<Session> opening = sessions.reserve(TTL);

            CompletableFuture<Void> closed = sessions.closeAsync();
            assertThat(closed).isNotDone();
            grant.release();
            assertThat(failure(opening).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(closed).as("before the revoke is answered").isNotDone();
            revoke.release();

            assertThat(closed).isCompleted();
            assertThat(rig.faulty.calls().stream()
                            .filter(StoreCall.Grant.class::isInstance)
                            .map(call -> ((StoreCall.Grant) call).leaseId()))
                    .hasSize(1)
                    .noneMatch(rig::leaseLives);
        }

        @Test
        void isOverWhenTheOpeningFailed() {
            HeldCalls grant = rig.faulty.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Session> opening = sessions.reserve(TTL);
            CompletableFuture<Void> closed = sessions.closeAsync();

            grant.drop();

            assertThat(closed).isCompleted();
            assertThat(failure(opening).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        }

        @Test
        void isOverWithTheDeadlineOfTheCallAtTheLatest() {
            rig.faulty.onNext(StoreCall.Grant.class).hold();
            CompletableFuture<Session> opening = sessions.reserve(TTL);
            CompletableFuture<Void> closed = sessions.closeAsync();

            rig.time.advance(Duration.ofSeconds(5));

            assertThat(opening).isCompletedExceptionally();
            assertThat(closed).isCompleted();
        }

        @Test
        void releasesAfterwardsDoNoHarm() {
            Session shared = rig.open();
            Session mine = now(sessions.dedicated(TTL));
            now(sessions.closeAsync());

            shared.release();
            mine.release();

            assertThat(rig.count(StoreCall.Revocation.class)).isEqualTo(2);
        }
    }
}
