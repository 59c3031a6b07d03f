package io.coordination;

import static io.coordination.DefaultCoordinatorHolderTest.assertCode;
import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.config.ConfigEvent;
import io.coordination.config.TypeRef;
import io.coordination.lock.LockOptions;
import io.coordination.registry.ServiceEvent;
import io.coordination.registry.ServiceInfo;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The facade itself: it finds its provider through the service loader and adds nothing to what it delegates to. */
class CoordinationTest {
    @AfterEach
    void forgetTheDefault() {
        Coordination.close();
        FakeProvider.behaviour = options -> new FakeCoordinator();
    }

    @Test
    void connectOpensOneOfTheCallersOwn() {
        FakeProvider.behaviour = options -> {
            assertThat(options.endpoints()).containsExactly("http://a:1", "http://b:2");
            return new FakeCoordinator();
        };
        try (Coordinator first = Coordination.connect("http://a:1", "http://b:2");
                Coordinator second = Coordination.connect("http://a:1", "http://b:2")) {
            assertThat(second).isNotSameAs(first);
        }
        assertRefused(() -> Coordination.connect((CoordinatorOptions) null), "options is null");
        assertRefused(() -> Coordination.connect("nonsense"), "endpoints is \"nonsense\"");
    }

    @Test
    void theDefaultCoordinatorComesFromTheProviderAndComesBackAfterClose() {
        Coordination.configure(HolderFixture.options("facade"));
        FakeProvider.behaviour = options -> {
            assertThat(options.namespace()).isEqualTo("facade");
            return new FakeCoordinator();
        };
        Coordinator first = Coordination.coordinator();
        assertThat(Coordination.coordinator()).isSameAs(first);
        Coordination.close();
        assertThat(first.state()).isEqualTo(ConnectionState.CLOSED);
        assertThat(Coordination.coordinator()).isNotSameAs(first);
    }

    @Test
    void anInstalledCoordinatorIsForgottenByCloseAndLeftOpen() {
        FakeCoordinator mine = new FakeCoordinator();
        Coordination.install(mine);
        Coordination.close();
        assertThat(mine.state()).isEqualTo(ConnectionState.CONNECTED);
        assertCode(ErrorCode.CLOSED, () -> Coordination.getConfig("a", String.class));
    }

    @Nested
    class Delegation {
        private final FakeCoordinator mine = new FakeCoordinator();
        private final Duration ttl = Duration.ofSeconds(10);

        @BeforeEach
        void install() {
            Coordination.install(mine);
        }

        private void assertCalled(String call) {
            assertThat(mine.calls).containsExactly(call);
            mine.calls.clear();
        }

        @Test
        void ofLocks() throws InterruptedException {
            LockOptions options = LockOptions.ofTtl(ttl);
            assertThat(Coordination.acquireLock("a", ttl)).isNull();
            assertCalled("lock.acquire[a, PT10S]");
            assertThat(Coordination.acquireLock("a", options)).isNull();
            assertCalled("lock.acquire[a, " + options + "]");
            assertThat(Coordination.tryAcquireLock("a", ttl)).isEmpty();
            assertCalled("lock.tryAcquire[a, PT10S]");
            assertThat(Coordination.tryAcquireLock("a", options)).isEmpty();
            assertCalled("lock.tryAcquire[a, " + options + "]");
        }

        @Test
        void ofServices() {
            ServiceInfo service = ServiceInfo.of("orders", "a", 1);
            Consumer<ServiceEvent> listener = event -> {};
            assertThat(Coordination.registerService(service)).isNull();
            assertCalled("registry.register[" + service + "]");
            Coordination.unregisterService("id");
            assertCalled("registry.unregister[id]");
            assertThat(Coordination.discoverServices("orders")).isEmpty();
            assertCalled("registry.discover[orders]");
            assertThat(Coordination.watchServices("orders", listener)).isNull();
            assertCalled("registry.watch[orders, " + listener + "]");
        }

        @Test
        void ofConfigValues() {
            TypeRef<List<String>> type = new TypeRef<>() {};
            assertThat(Coordination.getConfig("k", String.class)).isEmpty();
            assertCalled("config.get[k, class java.lang.String]");
            assertThat(Coordination.getConfig("k", type)).isEmpty();
            assertCalled("config.get[k, java.util.List<java.lang.String>]");
            assertThat(Coordination.setConfig("k", 1)).isNull();
            assertCalled("config.set[k, 1]");
            assertThat(Coordination.deleteConfig("k")).isTrue();
            assertCalled("config.delete[k]");
            assertThat(Coordination.listConfigs("")).isEmpty();
            assertCalled("config.list[]");
        }

        @Test
        void ofConfigWatches() {
            TypeRef<List<String>> type = new TypeRef<>() {};
            Consumer<ConfigEvent<String>> ofString = event -> {};
            Consumer<ConfigEvent<List<String>>> ofList = event -> {};
            assertThat(Coordination.watchConfig("k", String.class, ofString)).isNull();
            assertCalled("config.watch[k, class java.lang.String, " + ofString + "]");
            assertThat(Coordination.watchConfig("k", type, ofList)).isNull();
            assertCalled("config.watch[k, java.util.List<java.lang.String>, " + ofList + "]");
        }

        @Test
        void ofModules() {
            assertThat(Coordination.module("orders")).isSameAs(mine);
            assertCalled("module[orders]");
        }
    }
}
