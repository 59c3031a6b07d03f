package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.ConnectionState;
import io.coordination.Coordination;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.config.ConfigEvent;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.testkit.EtcdMember;
import io.coordination.testkit.LockHistory;
import io.coordination.testkit.LockHistoryRecorder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster of three whose members all go away, briefly or for longer than every TTL, under recipes in use. */
@Timeout(120)
abstract class OutageScenarios extends FaultedCoordinators {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @AfterEach
    void bringAllBack() {
        for (EtcdMember member : etcd().cluster().members()) {
            member.start();
            member.resume();
        }
        etcd().cluster().members().forEach(EtcdMember::awaitHealthy);
    }

    private Coordinator connectTo(int member) {
        return closedAtTheEnd(Coordination.connect(options()
                .endpoints(etcd().cluster().clientUri(member).toString())
                .discoverMembers(false)
                .build()));
    }

    private void killAll() {
        etcd().cluster().members().forEach(EtcdMember::kill);
    }

    @Test
    void locksWaitsRegistrationsAndWatchesOutliveARestartOfAllMembers() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(30);
        Coordinator mine = connect();
        Coordinator other = connect();
        LockHandle held = mine.lock().acquire("l", ttl);
        CompletableFuture<LockHandle> waiting =
                other.lock().acquireAsync("l", LockOptions.builder().ttl(ttl).build());
        Registration registration = mine.registry().register(service("s", ttl));
        mine.config().set("k", "before");
        Heard<ConfigEvent<String>> heard = new Heard<>();
        other.config().watch("k", String.class, heard);
        heard.await(ConfigEvent.Initial.class);

        killAll();
        bringAllBack();

        await().atMost(PATIENCE).ignoreExceptions().until(() -> mine.config().set("k", "after") != null);
        heard.await(ConfigEvent.Changed.class);
        held.renew();
        assertThat(held.isHeld()).isTrue();
        assertThat(waiting).isNotDone();
        assertThat(other.registry().discover("s")).containsExactly(registration.service());
        assertThat(held.unlock()).isTrue();
        try (LockHandle next = waiting.orTimeout(30, TimeUnit.SECONDS).join()) {
            assertThat(next.isHeld()).isTrue();
            assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
        }
        await().atMost(PATIENCE).until(() -> mine.state() == ConnectionState.CONNECTED);
    }

    /** Everything that lives by a lease ends at its deadline, and everything that is a wish comes back. */
    @Test
    void anOutageOfThreeTtlsLosesLocksInTimeAndNothingElse() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(3);
        Coordinator mine = connect();
        Coordinator other = connect();
        LockHandle held = mine.lock().acquire("l", ttl);
        CompletableFuture<LockLost> lost = held.lost().toCompletableFuture();
        Registration registration = mine.registry().register(service("s", ttl));
        mine.config().set("k", "before");
        Heard<ConfigEvent<String>> heard = new Heard<>();
        other.config().watch("k", String.class, heard);
        heard.await(ConfigEvent.Initial.class);
        other.registry().discover("s");
        Heard<ConnectionState> states = new Heard<>();
        mine.onState(states);

        long down = System.nanoTime();
        killAll();
        LockLost loss = lost.orTimeout(30, TimeUnit.SECONDS).join();

        assertThat(since(down)).isLessThan(ttl.plusSeconds(1));
        assertThat(loss.reason()).isEqualTo(LockLostReason.EXPIRED);
        assertThat(held.isHeld()).isFalse();
        states.awaitValue(ConnectionState.SUSPECT);
        states.awaitValue(ConnectionState.LOST);
        await().atMost(PATIENCE).until(() -> since(down).compareTo(ttl.multipliedBy(3)) > 0);
        assertThat(other.config().get("k", String.class)).contains("before");
        assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);

        bringAllBack();

        await().atMost(PATIENCE).until(() -> registration.state() == RegistrationState.REGISTERED);
        await().atMost(PATIENCE).ignoreExceptions().until(() -> mine.config().set("k", "after") != null);
        heard.await(ConfigEvent.Changed.class);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(other.registry().discover("s")).containsExactly(registration.service()));
        await().atMost(PATIENCE).until(() -> mine.state() == ConnectionState.CONNECTED);
        try (LockHandle again = other.lock().acquire("l", ttl)) {
            assertThat(again.fencingToken()).isGreaterThan(held.fencingToken());
        }
    }

    @Test
    void coordinatorsOnDifferentMembersShareOneQueue() {
        LockHistoryRecorder recorder = new LockHistoryRecorder("l", LockOptions.defaults());
        for (int member = 0; member < 3; member++) {
            recorder.use(connectTo(member), "on-member-" + member, 2, 10);
        }
        recorder.awaitAll(PATIENCE);

        LockHistory history = LockHistory.of(recorder.observations());
        assertThat(history.violations()).isEmpty();
        assertThat(history.holds()).isEqualTo(3 * 2 * 10);
    }

    @Test
    void withoutAMajorityNobodyGetsALockAndNobodyLosesOne() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(60);
        Coordinator mine = connectTo(0);
        LockHandle held = mine.lock().acquire("held", ttl);
        etcd().cluster().member(1).kill();
        etcd().cluster().member(2).kill();

        assertThatThrownBy(() -> mine.lock().tryAcquire("free", ttl)).isInstanceOf(CoordinationException.class);
        CompletableFuture<LockHandle> waiting = mine.lock().acquireAsync("held", LockOptions.ofTtl(ttl));
        assertThat(held.isHeld()).isTrue();
        assertThat(waiting).isNotDone();

        bringAllBack();

        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> mine.lock()
                        .tryAcquire("free", ttl)
                        .map(LockHandle::unlock)
                        .orElse(false));
        assertThat(held.isHeld()).isTrue();
        assertThat(held.unlock()).isTrue();
    }

    /** What a leader that freezes costs the holder of a lock and whoever waits for it: nothing but time. */
    @Test
    void aLeaderThatFreezesCostsNoLock() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(8);
        Coordinator mine = connect();
        Coordinator other = connect();
        LockHandle held = mine.lock().acquire("l", ttl);
        CompletableFuture<LockHandle> waiting =
                other.lock().acquireAsync("l", LockOptions.builder().ttl(ttl).build());
        etcd().cluster().leader().pause();
        long frozen = System.nanoTime();
        await().atMost(PATIENCE).until(() -> since(frozen).compareTo(ttl.plusSeconds(1)) > 0);

        assertThat(held.isHeld()).isTrue();
        held.close();
        try (LockHandle next = waiting.orTimeout(30, TimeUnit.SECONDS).join()) {
            assertThat(next.isHeld()).isTrue();
        }
    }
}
