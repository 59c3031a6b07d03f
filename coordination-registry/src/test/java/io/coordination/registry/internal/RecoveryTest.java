package io.coordination.registry.internal;

import static io.coordination.registry.internal.Cluster.SERVICE;
import static io.coordination.registry.internal.Cluster.TTL;
import static io.coordination.registry.internal.Cluster.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    private static final String FOREIGN = "{\"schema\":1,\"address\":\"10.9.9.9\",\"port\":1}";

    private final Cluster cluster = new Cluster();
    private final Node node = cluster.node();

    @Test
    void staysRegisteredWhileItsProcessLives() {
        Registration registration = node.register("a");
        long made = cluster.entry("a").orElseThrow().createRevision();
        cluster.time.advance(TTL.multipliedBy(20));
        assertThat(cluster.entry("a").orElseThrow().createRevision()).isEqualTo(made);
        assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
    }

    @Test
    void goesWithItsProcessAfterTheTtl() {
        node.register("a");
        node.store.disconnect();
        cluster.time.advance(TTL.minusSeconds(1));
        assertThat(cluster.entry("a")).isPresent();
        cluster.time.advance(Duration.ofSeconds(2));
        assertThat(cluster.entry("a")).isEmpty();
    }

    @Test
    void comesBackAfterTheLossOfItsLease() {
        Registration registration = node.register("a");
        long lost = cluster.entry("a").orElseThrow().lease();
        node.store.dropLeases().join();
        assertThat(cluster.entry("a")).isEmpty();
        cluster.time.advance(Duration.ofSeconds(2));
        assertThat(cluster.entry("a").orElseThrow().lease()).isNotEqualTo(lost);
        assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
        cluster.time.advance(TTL.multipliedBy(3));
        assertThat(cluster.entry("a")).isPresent();
    }

    @Test
    void allInstancesOfAProcessComeBack() {
        IntStream.range(0, 1_100).forEach(i -> node.register("i" + i));
        node.store.dropLeases().join();
        assertThat(cluster.keysBelow("services/")).isEmpty();
        cluster.time.advance(Duration.ofSeconds(3));
        assertThat(cluster.keysBelow("services/")).hasSize(1_100);
    }

    @Test
    void saysThatItIsPendingWhileItIsGone() {
        Registration registration = node.register("a");
        node.store.disconnect();
        cluster.time.advance(TTL.multipliedBy(2));
        assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
    }

    @Test
    void comesBackAfterAnOutageOfAnyLength() {
        Registration registration = node.register("a");
        node.store.disconnect();
        cluster.time.advance(Duration.ofHours(3));
        assertThat(cluster.entry("a")).isEmpty();
        node.store.reconnect();
        cluster.time.advance(Duration.ofSeconds(15));
        assertThat(cluster.entry("a")).isPresent();
        assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
    }

    @Test
    void survivesAnOutageShorterThanTheTtlWithoutAGap() {
        node.register("a");
        long made = cluster.entry("a").orElseThrow().createRevision();
        node.store.disconnect();
        cluster.time.advance(TTL.dividedBy(2));
        node.store.reconnect();
        cluster.time.advance(TTL.multipliedBy(2));
        assertThat(cluster.entry("a").orElseThrow().createRevision()).isEqualTo(made);
    }

    @Test
    void comesBackWhenItsKeyIsDeletedByHand() {
        Registration registration = node.register("a");
        cluster.time.advance(Duration.ofSeconds(5));
        cluster.delete("a");
        assertThat(cluster.entry("a")).isPresent();
        assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
    }

    @Test
    void comesBackWhenItsKeyIsDeletedWhileItCannotSee() {
        node.register("a");
        cluster.time.advance(Duration.ofSeconds(2));
        node.store.watches().cut();
        cluster.delete("a");
        cluster.compact();
        assertThat(cluster.entry("a")).isEmpty();
        node.store.watches().resume();
        cluster.time.advance(Duration.ofSeconds(2));
        assertThat(cluster.entry("a")).isPresent();
    }

    @Test
    void doesNotRaceWithSomebodyWhoDeletesItAgainAndAgain() {
        node.register("a");
        cluster.time.advance(Duration.ofSeconds(5));
        int before = node.store.txns().size();
        IntStream.range(0, 100).forEach(i -> {
            cluster.delete("a");
            cluster.time.advance(Duration.ofMillis(10));
        });
        assertThat(node.store.txns().size() - before).isLessThan(40);
        cluster.time.advance(Duration.ofSeconds(15));
        assertThat(cluster.entry("a")).isPresent();
    }

    @Test
    void takesItsPlaceBackOnANewLeaseWhenTheOldKeyIsStillThere() {
        Registration registration = node.register("a");
        KeyValue first = cluster.entry("a").orElseThrow();
        FaultRule noRevoke = endSessionButKeepLease(first.lease());
        assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
        assertThat(cluster.entry("a").orElseThrow().lease()).isEqualTo(first.lease());
        cluster.time.advance(Duration.ofSeconds(2));
        KeyValue second = cluster.entry("a").orElseThrow();
        assertThat(second.lease()).isNotEqualTo(first.lease());
        assertThat(second.createRevision()).isEqualTo(first.createRevision());
        noRevoke.end();
        cluster.time.advance(TTL.multipliedBy(3));
        assertThat(cluster.entry("a").orElseThrow().createRevision()).isEqualTo(first.createRevision());
    }

    @Test
    void doesNotTakeItsPlaceBackFromWhoCameBetweenTheLookAndThePut() {
        node.register("a");
        KeyValue first = cluster.entry("a").orElseThrow();
        endSessionButKeepLease(first.lease());
        node.store
                .onNextTxn(txn -> txn.compares().contains(Compare.modifiedAt(cluster.key("a"), first.modRevision())))
                .runBefore(() -> cluster.put("a", FOREIGN));
        cluster.time.advance(TTL);
        assertThat(cluster.address("a")).contains("10.9.9.9");
    }

    /** The session is over here, and the server does not know it yet. */
    private FaultRule endSessionButKeepLease(long lease) {
        FaultRule noRevoke = node.store.onEvery(StoreCall.Revocation.class).loseRequest();
        cluster.memory
                .txn(Txn.always(Op.delete(cluster.keys.sessionKey(lease))))
                .join();
        return noRevoke;
    }

    @Test
    void neverOverwritesAnOwnerWhoTookTheIdMeanwhile() {
        Registration registration = node.register("a");
        node.store.disconnect();
        cluster.time.advance(TTL.multipliedBy(2));
        Node other = cluster.node();
        Registration others = other.registry.register(instance("a", "10.0.0.2"));
        node.store.reconnect();
        cluster.time.advance(TTL.multipliedBy(5));
        assertThat(cluster.address("a")).contains("10.0.0.2");
        assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
        others.close();
        cluster.time.advance(Duration.ofSeconds(1));
        assertThat(cluster.address("a")).contains("10.0.0.1");
    }

    @Test
    void leavesAloneWhoOverwroteItByHand() {
        Registration registration = node.register("a");
        cluster.time.advance(Duration.ofSeconds(2));
        try (LogLines lines = LogLines.record()) {
            cluster.put("a", FOREIGN);
            cluster.put("a", FOREIGN);
            cluster.time.advance(TTL.multipliedBy(3));
            assertThat(cluster.address("a")).contains("10.9.9.9");
            assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
            assertThat(lines.warnings())
                    .filteredOn(line -> line.contains("another owner"))
                    .hasSize(1);
        }
        cluster.delete("a");
        cluster.time.advance(Duration.ofSeconds(1));
        assertThat(cluster.address("a")).contains("10.0.0.1");
    }

    @Test
    void oneFailingRegistrationDoesNotStopTheOthers() {
        node.register("a");
        node.register("b");
        FaultRule refused = node.store
                .onEveryTxn(txn -> txn.toString().contains(cluster.key("a")))
                .refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "not you"));
        node.store.dropLeases().join();
        cluster.time.advance(Duration.ofMinutes(5));
        assertThat(cluster.entry("b")).isPresent();
        assertThat(cluster.entry("a")).isEmpty();
        refused.end();
        cluster.time.advance(Duration.ofSeconds(15));
        assertThat(cluster.entry("a")).isPresent();
    }

    @Test
    void comesBackWhenTheAnswersAfterTheLossAreLost() {
        node.register("a");
        node.store.dropLeases().join();
        node.store.onNextTxn(txn -> Puts.isPut(txn, cluster.key("a"))).loseAnswer();
        cluster.time.advance(Duration.ofSeconds(5));
        assertThat(cluster.entry("a")).isPresent();
        assertThat(node.registry.discover(SERVICE)).extracting(ServiceInfo::id).containsExactly("a");
    }

    @Test
    void saysEachStepOnce() {
        try (LogLines lines = LogLines.record()) {
            Registration registration = node.register("a");
            node.store.disconnect();
            cluster.time.advance(Duration.ofHours(1));
            node.store.reconnect();
            cluster.time.advance(Duration.ofSeconds(15));
            registration.close();
            assertThat(lines.of("coordination"))
                    .containsExactlyElementsOf(List.of(
                            "INFO Instance is registered",
                            "WARN Session is lost, registering the instance again",
                            "WARN Registering the instance failed, trying again",
                            "INFO Instance is registered again",
                            "INFO Instance is withdrawn"));
        }
    }
}
