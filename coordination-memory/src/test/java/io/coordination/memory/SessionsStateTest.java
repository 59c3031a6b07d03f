package io.coordination.memory;

import static io.coordination.memory.SessionRig.CERTAIN;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ConnectionState;
import io.coordination.ErrorCode;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What all sessions together look like, and their end. */
class SessionsStateTest {

    private final SessionRig rig = new SessionRig();
    private final Sessions sessions = rig.sessions;

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
