package io.coordination.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.ConnectionState;
import io.coordination.CoordinationClosedException;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.lock.LockHandle;
import io.coordination.memory.MemoryStore;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DefaultCoordinatorTest {

    private static final Duration TTL = Duration.ofSeconds(9);

    private final ManualTime time = new ManualTime();
    private final MemoryStore database = MemoryStore.create(time);
    private final FaultyStore store = FaultyStore.over(database.connect(), time);
    private final DefaultCoordinator coordinator = new DefaultCoordinator(
            CoordinatorOptions.builder()
                    .endpoints("memory:test")
                    .callbackExecutor(Runnable::run)
                    .build(),
            store,
            time);

    @AfterEach
    void close() {
        coordinator.close();
        database.close();
    }

    private List<String> keys() {
        Store look = database.connect();
        try {
            return look.range(RangeQuery.prefix("/").withKeysOnly()).join().entries().stream()
                    .map(entry -> entry.key())
                    .toList();
        } finally {
            look.close();
        }
    }

    @Test
    void theStateIsConnectingUntilTheFirstAnswer() {
        List<ConnectionState> states = new ArrayList<>();
        coordinator.onState(states::add);
        assertThat(coordinator.state()).isEqualTo(ConnectionState.CONNECTING);

        coordinator.ping();

        assertThat(coordinator.state()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(states).containsExactly(ConnectionState.CONNECTED);
    }

    @Test
    void theStateIsTheWorstOfTheSessionsAndRecovers() throws InterruptedException {
        coordinator.ping();
        List<ConnectionState> states = new ArrayList<>();
        coordinator.onState(states::add);
        LockHandle lock = coordinator.lock().acquire("a", TTL);
        store.onEvery(StoreCall.Renewal.class).loseRequest();

        time.advance(TTL);

        // The lock was the only key of the lost session: nothing is left that is lost.
        assertThat(states).containsExactly(ConnectionState.SUSPECT, ConnectionState.LOST, ConnectionState.CONNECTED);
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void closeTellsListenersAndLeavesNothingButConfiguration() throws InterruptedException {
        coordinator.ping();
        List<ConnectionState> states = new ArrayList<>();
        coordinator.onState(states::add);
        coordinator.lock().acquire("a", TTL);
        coordinator.registry().register(ServiceInfo.of("s", "h", 1));
        coordinator.config().set("c", 1);
        coordinator.module("m").lock().acquire("a", TTL);

        coordinator.close();

        assertThat(keys()).containsExactly("/coordination/config/c");
        assertThat(states).containsExactly(ConnectionState.CLOSED);
        assertThat(coordinator.state()).isEqualTo(ConnectionState.CLOSED);
    }

    @Test
    void aModuleIsTheSameUntilItIsClosed() {
        Coordinator first = coordinator.module("orders");

        assertThat(coordinator.module("orders")).isSameAs(first);
        first.close();
        assertThat(coordinator.module("orders")).isNotSameAs(first);
        assertThatThrownBy(first::lock).isInstanceOf(CoordinationClosedException.class);
    }

    @Test
    void closingAModuleReleasesWhatItMadeAndNothingElse() throws InterruptedException {
        Coordinator module = coordinator.module("orders");
        LockHandle ofModule = module.lock().acquire("nightly", TTL);
        LockHandle ofParent = coordinator.lock().acquire("nightly", TTL);
        module.registry()
                .register(ServiceInfo.builder()
                        .name("s")
                        .id("of-module")
                        .address("h")
                        .port(1)
                        .build());
        coordinator
                .registry()
                .register(ServiceInfo.builder()
                        .name("s")
                        .id("of-parent")
                        .address("h")
                        .port(1)
                        .build());

        module.close();

        assertThat(ofModule.isHeld()).isFalse();
        assertThat(ofParent.isHeld()).isTrue();
        assertThat(coordinator.registry().discover("s"))
                .extracting(ServiceInfo::id)
                .containsExactly("of-parent");
    }

    @Test
    void instancesOfAModuleCarryItsName() {
        coordinator.module("orders").registry().register(ServiceInfo.of("s", "h", 1));

        assertThat(coordinator.registry().discover("s"))
                .singleElement()
                .satisfies(instance -> assertThat(instance.metadata()).containsEntry("module", "orders"));
    }

    @Test
    void modulesHaveTheirOwnLocksAndConfiguration() throws InterruptedException {
        coordinator.module("a").config().set("limit", 1);

        assertThat(coordinator.module("b").config().get("limit", Integer.class)).isEmpty();
        assertThat(coordinator.config().list("")).isEmpty();
        try (LockHandle one = coordinator.module("a").lock().acquire("x", TTL);
                LockHandle two = coordinator.module("b").lock().acquire("x", TTL)) {
            assertThat(one.isHeld()).isTrue();
            assertThat(two.isHeld()).isTrue();
        }
    }

    @Test
    void closeIsBoundedWhenTheServerIsSilent() throws InterruptedException {
        coordinator.lock().acquire("a", TTL);
        store.disconnect();
        long begin = System.nanoTime();

        coordinator.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    }
}
