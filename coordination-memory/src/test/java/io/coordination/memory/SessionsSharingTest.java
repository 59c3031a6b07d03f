package io.coordination.memory;

import static io.coordination.memory.SessionRig.NANO;
import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ConnectionState;
import io.coordination.store.KeyValue;
import io.coordination.store.session.LeaseAudit;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Which keys share a session, and for how long. */
class SessionsSharingTest {

    private static final int KEYS = 1_000;

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

        /** Whoever finds the key gone asks for another session at once, perhaps while the first one cannot end yet. */
        @Test
        void aSessionWithoutItsKeyIsHandedOutToNobody() {
            Session broken = rig.open();
            List<Session> next = new ArrayList<>();
            broken.audit(new Questioned(() -> {
                broken.keyIsGone();
                assertThat(broken.isOver()).as("over while it asks").isFalse();
                assertThat(broken.isValid()).isFalse();
                next.add(rig.open());
            }));

            rig.time.advance(TTL.plus(TTL.dividedBy(10)));

            assertThat(next).hasSize(1).doesNotContain(broken);
            assertThat(broken.isOver()).isTrue();
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
        void fourThousandKeysAreFourLeasesOfAThousand() {
            for (int i = 0; i < 4 * KEYS; i++) {
                StoreCalls.putLeased(rig.memory, "/key/" + i, rig.open().leaseId());
            }

            assertThat(rig.faulty.leases())
                    .hasSize(4)
                    .allSatisfy(lease -> assertThat(
                                    now(rig.memory.leaseKeys(lease)).stream().filter(key -> key.startsWith("/key/")))
                            .hasSize(KEYS));
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

    /** A recipe that does something while the session asks for its keys. */
    private record Questioned(Runnable meanwhile) implements LeaseAudit {

        @Override
        public Set<String> believed() {
            meanwhile.run();
            return Set.of();
        }

        @Override
        public boolean knows(String key) {
            return false;
        }

        @Override
        public boolean missing(String key, Optional<KeyValue> found) {
            return false;
        }

        @Override
        public CompletableFuture<?> remove(KeyValue leftover) {
            return CompletableFuture.completedFuture(null);
        }
    }
}
