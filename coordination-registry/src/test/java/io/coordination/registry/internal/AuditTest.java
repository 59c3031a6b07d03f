package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Once a TTL the keys on a lease are compared with what this process believes. */
class AuditTest {

    private static final Duration PAST_AUDIT = TTL.plus(TTL.dividedBy(10));
    private static final Duration BEFORE_AUDIT = TTL.minusMillis(500);
    private static final Duration OVER_AUDIT = PAST_AUDIT.minus(BEFORE_AUDIT);

    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();

    private long audits() {
        return node.store.calls().stream()
                .filter(StoreCall.LeaseKeys.class::isInstance)
                .count();
    }

    @Test
    void changesNothingWhereAllIsWell() {
        node.register("a");
        node.register("b");
        long made = cluster.entry("a").orElseThrow().modRevision();

        cluster.time.advance(TTL.multipliedBy(10));

        assertThat(audits()).as("one lease").isBetween(9L, 10L);
        assertThat(cluster.entry("a").orElseThrow().modRevision()).isEqualTo(made);
    }

    @Test
    void putsAKeyAgainThatWentWithoutAnEvent() {
        Registration registration = node.register("a");
        cluster.time.advance(Duration.ofSeconds(2));
        node.store.watches().cut();
        cluster.delete("a");

        cluster.time.advance(PAST_AUDIT);

        assertThat(cluster.entry("a")).isPresent();
        assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
    }

    @Test
    void deletesWhatNobodyRegistered() {
        node.register("a");
        long lease = cluster.entry("a").orElseThrow().lease();
        cluster.memory
                .txn(Txn.always(Op.put(cluster.key("ghost"), Bytes.EMPTY, lease)))
                .join();

        cluster.time.advance(PAST_AUDIT);

        assertThat(cluster.entry("ghost")).isEmpty();
        assertThat(cluster.entry("a")).isPresent();
    }

    @Test
    void sparesAPutThatWasNotAnswered() {
        node.register("a");
        cluster.time.advance(BEFORE_AUDIT);
        HeldCalls answer =
                node.store.onNextTxn(txn -> Puts.isPut(txn, cluster.key("b"))).holdAnswer();
        CompletableFuture<Registration> registering = node.registering(Cluster.instance("b"));
        long put = cluster.entry("b").orElseThrow().createRevision();

        cluster.time.advance(OVER_AUDIT);
        assertThat(audits()).isEqualTo(1);
        answer.release();

        assertThat(registering).isCompleted();
        assertThat(cluster.entry("b").orElseThrow().createRevision()).isEqualTo(put);
    }

    @Test
    void sparesTheMarksOfWithdrawals() {
        node.register("a");
        long lease = cluster.entry("a").orElseThrow().lease();
        String mark = cluster.keys.sessionKey(lease) + "/withdrawn-x";
        cluster.memory.txn(Txn.always(Op.put(mark, Bytes.EMPTY, lease))).join();

        cluster.time.advance(PAST_AUDIT);

        assertThat(cluster.keysBelow("sessions/")).contains(mark);
    }

    @Test
    void doesNotPutAKeyAgainThatIsBeingWithdrawn() {
        node.register("a");
        node.register("b");
        cluster.time.advance(BEFORE_AUDIT);
        HeldCalls answer = node.store
                .onNextTxn(txn -> Puts.isDelete(txn, cluster.key("b")))
                .holdAnswer();
        CompletableFuture<Void> closed = node.registry.unregisterAsync("b");

        cluster.time.advance(OVER_AUDIT);
        answer.release();

        assertThat(closed).isCompleted();
        assertThat(cluster.entry("b")).isEmpty();
    }

    @Test
    void leavesAKeyToWhoeverTookIt() {
        Registration registration = node.register("a");
        cluster.time.advance(Duration.ofSeconds(2));
        node.store.watches().cut();
        cluster.put("a", "{\"schema\":1,\"address\":\"10.9.9.9\",\"port\":1}");

        cluster.time.advance(PAST_AUDIT);

        assertThat(cluster.address("a")).contains("10.9.9.9");
        assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
    }
}
