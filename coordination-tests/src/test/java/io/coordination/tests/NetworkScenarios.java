package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.coordination.ConnectionState;
import io.coordination.Coordination;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.TlsOptions;
import io.coordination.config.ConfigEvent;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.registry.Registration;
import io.coordination.registry.RegistrationState;
import io.coordination.registry.ServiceEvent;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One member behind a proxy, and coordinators that are cut off from it, come late, or listen badly. */
@Timeout(120)
abstract class NetworkScenarios extends FaultedCoordinators {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void aPartitionShorterThanTheTtlCostsNothing() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(10);
        FaultProxy proxy = proxy();
        Coordinator mine = connect(proxy);
        Coordinator other = connect();
        LockHandle held = mine.lock().acquire("l", ttl);
        Registration registration = mine.registry().register(service("s", ttl));
        Heard<ConfigEvent<String>> heard = new Heard<>();
        mine.config().watch("k", String.class, heard);
        heard.await(ConfigEvent.Initial.class);
        CompletableFuture<LockLost> lost = held.lost().toCompletableFuture();

        proxy.halfOpen();
        other.config().set("k", "meanwhile");
        last(Duration.ofSeconds(4));
        assertThat(held.isHeld()).isTrue();
        proxy.cut();
        proxy.heal();

        heard.await(ConfigEvent.Changed.class);
        held.renew();
        assertThat(held.isHeld()).isTrue();
        assertThat(lost).isNotDone();
        assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
        assertThat(other.registry().discover("s")).containsExactly(registration.service());
    }

    @Test
    void aPartitionLongerThanTheTtlLosesTheLockBeforeAnybodyElseGetsIt() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(3);
        FaultProxy proxy = proxy();
        Coordinator mine = connect(proxy);
        Coordinator other = connect();
        LockHandle held = mine.lock().acquire("l", ttl);
        CompletableFuture<LockLost> lost = held.lost().toCompletableFuture();
        Registration registration = mine.registry().register(service("s", ttl));
        Heard<ConfigEvent<String>> heard = new Heard<>();
        mine.config().watch("k", String.class, heard);
        heard.await(ConfigEvent.Initial.class);

        proxy.halfOpen();
        LockHandle next = other.lock().acquire("l", ttl);

        assertThat(held.isHeld()).isFalse();
        assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
        assertThat(lost.orTimeout(5, TimeUnit.SECONDS).join().reason()).isEqualTo(LockLostReason.EXPIRED);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(other.registry().discover("s")).isEmpty());
        other.config().set("k", "meanwhile");
        proxy.cut();
        proxy.heal();

        heard.await(ConfigEvent.Changed.class);
        await().atMost(PATIENCE).until(() -> registration.state() == RegistrationState.REGISTERED);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(other.registry().discover("s")).containsExactly(registration.service()));
        assertThat(held.unlock()).isFalse();
        assertThat(next.isHeld()).isTrue();
        next.close();
    }

    @Test
    void aCoordinatorThatCameBeforeItsServerGetsToWorkWhenTheServerComes() {
        FaultProxy proxy = proxy();
        proxy.refuse();
        Coordinator early = closedAtTheEnd(Coordination.connect(
                options().endpoints(proxy.uri().toString()).connectLazily(true).build()));
        Registration registration = early.registry().register(service("s", Duration.ofSeconds(5)));
        Heard<ConfigEvent<String>> heard = new Heard<>();
        early.config().watch("k", String.class, heard);
        CompletableFuture<LockHandle> waiting = early.lock()
                .acquireAsync(
                        "l", LockOptions.builder().ttl(Duration.ofSeconds(5)).build());
        last(Duration.ofSeconds(1));
        assertThat(early.state()).isEqualTo(ConnectionState.CONNECTING);
        assertThat(registration.state()).isEqualTo(RegistrationState.PENDING);
        assertThat(heard.events()).isEmpty();

        proxy.accept();

        await().atMost(PATIENCE).until(() -> registration.state() == RegistrationState.REGISTERED);
        heard.await(ConfigEvent.Initial.class);
        waiting.orTimeout(30, TimeUnit.SECONDS).join().close();
        await().atMost(PATIENCE).until(() -> early.state() == ConnectionState.CONNECTED);
        assertThat(connect().registry().discover("s")).containsExactly(registration.service());
    }

    @Test
    void aRefusedStartNamesEveryEndpoint() {
        FaultProxy one = proxy();
        FaultProxy two = proxy();
        one.refuse();
        two.refuse();
        long began = System.nanoTime();

        assertThatThrownBy(() -> Coordination.connect(options()
                        .endpoints(one.uri().toString(), two.uri().toString())
                        .build()))
                .asInstanceOf(type(CoordinationException.class))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CONNECTION_ERROR))
                .satisfies(failure -> assertThat(failure)
                        .hasMessageContaining(one.uri().getAuthority())
                        .hasMessageContaining(two.uri().getAuthority()));
        assertThat(since(began)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void httpsToAPlainServerSaysSoAtTheStart() {
        String https = etcd().endpoints().get(0).replace("http://", "https://");

        assertThatThrownBy(() -> Coordination.connect(
                        options().endpoints(https).tls(TlsOptions.jvmTrust()).build()))
                .asInstanceOf(type(CoordinationException.class))
                .satisfies(failure -> assertThat(failure).hasMessageContaining("TLS"));
    }

    /** One listener sleeps for ever, one throws, and neither keeps locks, registrations or other listeners from anything. */
    @Test
    void aBlockedAndAThrowingListenerHarmOnlyThemselves() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(2);
        Coordinator mine = connect();
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger thrown = new AtomicInteger();
        AtomicInteger blocked = new AtomicInteger();
        mine.config().watch("k", String.class, event -> {
            blocked.incrementAndGet();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        mine.config().watch("k", String.class, event -> {
            thrown.incrementAndGet();
            throw new IllegalStateException("thrown on purpose");
        });
        Heard<ConfigEvent<String>> sound = new Heard<>();
        mine.config().watch("k", String.class, sound);
        mine.registry().watch("s", event -> {
            throw new IllegalStateException("thrown on purpose");
        });
        Heard<ServiceEvent> instances = new Heard<>();
        mine.registry().watch("s", instances);
        sound.await(ConfigEvent.Initial.class);
        instances.await(ServiceEvent.Snapshot.class);
        try {
            LockHandle held = mine.lock().acquire("l", ttl);
            Registration registration = mine.registry().register(service("s", ttl));
            for (int i = 0; i < 10; i++) {
                mine.config().set("k", "" + i);
            }
            last(ttl.plusSeconds(1));

            assertThat(held.isHeld()).isTrue();
            assertThat(registration.state()).isEqualTo(RegistrationState.REGISTERED);
            instances.await(ServiceEvent.Added.class);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(sound.events()).hasSize(11));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(thrown.get()).isEqualTo(11));
            assertThat(blocked.get()).isEqualTo(1);
        } finally {
            release.countDown();
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(blocked.get()).isGreaterThan(1));
    }

    @Test
    void keysThatAnOperatorDeletesAreLostOrComeBack() throws InterruptedException {
        Duration ttl = Duration.ofSeconds(30);
        Coordinator mine = connect();
        LockHandle forced = mine.lock().acquire("forced", ttl);
        Registration registration = mine.registry().register(service("s", ttl));

        etcd().etcdctl("del", "--prefix", "/" + namespace + "/locks/forced/");
        assertThat(forced.lost()
                        .toCompletableFuture()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join()
                        .reason())
                .isEqualTo(LockLostReason.FORCED);
        assertThat(forced.isHeld()).isFalse();

        etcd().etcdctl("del", "--prefix", "/" + namespace + "/services/s/");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(etcd().etcdctl("get", "--prefix", "/" + namespace + "/services/s/"))
                        .isNotEmpty());

        LockHandle revoked = mine.lock().acquire("revoked", ttl);
        etcd().etcdctl("del", "--prefix", "/" + namespace + "/sessions/");
        assertThat(revoked.lost()
                        .toCompletableFuture()
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join()
                        .reason())
                .isEqualTo(LockLostReason.SESSION);
        await().atMost(PATIENCE).until(() -> registration.state() == RegistrationState.REGISTERED);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(connect().registry().discover("s")).isEqualTo(List.of(registration.service())));
    }
}
