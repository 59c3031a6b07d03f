package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.lock.LockHandle;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceInfo;
import io.coordination.testkit.EtcdCluster;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What is stored in a real etcd, and what is left when coordinators close, crash, or etcd itself goes away for a while. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LifecycleScenarios {

    private static final Duration TTL = Duration.ofSeconds(2);

    private EtcdCluster etcd;

    abstract String version();

    @BeforeAll
    void startEtcd() {
        etcd = EtcdCluster.builder().version(version()).members(1).build();
        etcd.start();
    }

    @AfterAll
    void stopEtcd() {
        etcd.close();
    }

    private Coordinator connect() {
        return Coordination.connect(
                CoordinatorOptions.builder().endpoints(etcd.endpoints()).build());
    }

    private String keys(String prefix) {
        return etcd.etcdctl("get", "--prefix", prefix, "--keys-only").strip();
    }

    @Test
    void aHeldLockIsAKeyWithALeaseAndNothingIsLeftAfterClose() throws InterruptedException {
        try (Coordinator coordinator = connect()) {
            LockHandle lock = coordinator.lock().acquire("orders/42", Duration.ofSeconds(30));
            coordinator.registry().register(ServiceInfo.of("orders", "10.0.0.7", 8080));
            coordinator.config().set("orders/limit", 7);

            assertThat(keys("/coordination/locks/")).matches("/coordination/locks/orders%2F42/[0-9a-f]{16}-1");
            assertThat(etcd.etcdctl("get", "--prefix", "/coordination/locks/", "-w", "json"))
                    .containsPattern("\"lease\":[1-9][0-9]+");
            assertThat(lock.isHeld()).isTrue();
        }

        assertThat(keys("/coordination/")).isEqualTo("/coordination/config/orders/limit");
        assertThat(etcd.etcdctl("lease", "list")).contains("found 0 leases");
        etcd.etcdctl("del", "--prefix", "/coordination/");
    }

    @Test
    void closingACoordinatorFreesItsLocksAtOnce() throws InterruptedException {
        Coordinator holder = connect();
        holder.lock().acquire("freed-by-close", Duration.ofMinutes(10));
        try (Coordinator other = connect()) {
            holder.close();

            Optional<LockHandle> taken = other.lock().tryAcquire("freed-by-close", TTL);

            assertThat(taken).isPresent();
            taken.orElseThrow().close();
        }
    }

    @Test
    void aKilledHolderFreesItsLockWithinItsTtlAndASecond() throws InterruptedException {
        try (Holder holder = Holder.start(etcd.endpoints().get(0), "coordination", "freed-by-death", TTL);
                Coordinator other = connect()) {
            assertThat(other.lock().tryAcquire("freed-by-death", TTL)).isEmpty();
            holder.kill();
            long killed = System.nanoTime();

            try (LockHandle lock = other.lock().acquire("freed-by-death", TTL)) {
                assertThat(lock.isHeld()).isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(TTL.plusMillis(1_200));
            }
        }
    }

    @Test
    void aHolderThatWasPausedForLongerThanItsTtlKnowsIt() throws InterruptedException {
        try (Holder holder = Holder.start(etcd.endpoints().get(0), "coordination", "paused", TTL);
                Coordinator other = connect()) {
            holder.pause();
            LockHandle lock = other.lock().acquire("paused", TTL);

            holder.resume();

            assertThat(holder.gaveUp().orTimeout(20, TimeUnit.SECONDS).join()).isZero();
            assertThat(lock.isHeld()).isTrue();
            lock.close();
        }
    }

    @Test
    void aHolderThatWasPausedForLessThanItsTtlHoldsOn() throws InterruptedException {
        Duration longer = Duration.ofSeconds(8);
        try (Holder holder = Holder.start(etcd.endpoints().get(0), "coordination", "pausing", longer);
                Coordinator other = connect()) {
            holder.pause();
            long paused = System.nanoTime();
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);

            holder.resume();

            await().atMost(longer.multipliedBy(2))
                    .until(() ->
                            System.nanoTime() - paused > longer.plusSeconds(1).toNanos());
            assertThat(holder.gaveUp()).isNotDone();
            assertThat(other.lock().tryAcquire("pausing", TTL)).isEmpty();
        }
    }

    @Test
    void aRegistrationSurvivesARestartOfEtcd() {
        try (Coordinator coordinator = connect();
                Coordinator watcher = connect();
                Registration registration = coordinator
                        .registry()
                        .register(ServiceInfo.builder()
                                .name("survivor")
                                .address("10.0.0.7")
                                .port(8080)
                                .ttl(TTL)
                                .build())) {
            assertThat(watcher.registry().discover("survivor")).hasSize(1);

            etcd.member(0).stop();
            await().atMost(Duration.ofSeconds(20)).until(() -> registration.state() != RegistrationState.REGISTERED);
            etcd.member(0).restart();

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() ->
                            assertThat(keys("/coordination/services/survivor/")).isNotEmpty());
            await().atMost(Duration.ofSeconds(30)).until(() -> registration.state() == RegistrationState.REGISTERED);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(watcher.registry().discover("survivor"))
                            .containsExactly(registration.service()));
        }
    }
}
