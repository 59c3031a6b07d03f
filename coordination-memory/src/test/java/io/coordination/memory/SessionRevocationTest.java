package io.coordination.memory;

import static io.coordination.memory.SessionRig.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.session.Session;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A lease that nobody believes in is revoked until that is definite. */
class SessionRevocationTest {

    private final SessionRig rig = new SessionRig();

    private long revocations() {
        return rig.count(StoreCall.Revocation.class);
    }

    @Test
    void comesAgainAfterGrowingPausesUpToFiveSeconds() {
        Session session = rig.open();
        rig.faulty.disconnect();

        session.keyIsGone();
        assertThat(revocations()).isEqualTo(1);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(revocations()).isEqualTo(2);
        rig.time.advance(Duration.ofMillis(1_500));
        assertThat(revocations())
                .as("a second pause of at least 1.6 s, from 0.8 s on")
                .isBetween(2L, 3L);
        rig.time.advance(Duration.ofMillis(500));
        assertThat(revocations()).isEqualTo(3);
        rig.time.advance(Duration.ofSeconds(4));
        assertThat(revocations()).isEqualTo(4);
        long before = revocations();
        rig.time.advance(Duration.ofSeconds(20));
        assertThat(revocations() - before).isBetween(4L, 5L);
    }

    @Test
    void succeedsAfterTheOutage() {
        Session session = rig.open();
        rig.faulty.onEvery(StoreCall.Revocation.class).loseRequest();
        session.keyIsGone();
        rig.time.advance(Duration.ofSeconds(10));
        assertThat(rig.leaseLives(session.leaseId())).isTrue();

        rig.faulty.onEvery(StoreCall.Revocation.class).runBefore(() -> {});
        rig.time.advance(Duration.ofSeconds(5));

        assertThat(rig.leaseLives(session.leaseId())).isFalse();
    }

    @Test
    void endsWhenTheServerHasCertainlyEndedTheLease() {
        Session session = rig.open();
        rig.faulty.disconnect();
        session.keyIsGone();

        rig.time.advance(TTL.multipliedBy(2));
        long before = revocations();
        rig.time.advance(TTL);

        assertThat(revocations()).isEqualTo(before);
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    void endsWithTheStore() {
        Session session = rig.open();
        rig.faulty.onNext(StoreCall.Revocation.class).loseRequest();
        session.keyIsGone();
        rig.faulty.close();

        rig.time.advance(Duration.ofSeconds(1));
        long before = revocations();
        rig.time.advance(TTL);

        assertThat(before).isEqualTo(2);
        assertThat(revocations()).isEqualTo(before);
    }
}
