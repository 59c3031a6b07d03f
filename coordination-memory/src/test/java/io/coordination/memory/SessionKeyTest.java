package io.coordination.memory;

import static io.coordination.memory.SessionRig.TTL;
import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import io.coordination.store.session.SessionLossReason;
import io.coordination.store.session.SessionState;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The key that says who a session is. */
class SessionKeyTest {

    private final SessionRig rig = new SessionRig();

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
}
