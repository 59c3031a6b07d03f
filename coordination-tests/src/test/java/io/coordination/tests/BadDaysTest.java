package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.coordination.Coordination;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.registry.ServiceInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever goes wrong at the edges ends in a sentence that names what and where, within the request timeout. */
@Timeout(60)
class BadDaysTest {

    private static final Duration TTL = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(2);

    private static AbstractObjectAssert<?, CoordinationException> assertFails(ErrorCode code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .asInstanceOf(type(CoordinationException.class))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(code));
    }

    private static void assertSays(CoordinationException failure, String... words) {
        assertThat(failure.getMessage()).contains(words);
    }

    private static CoordinatorOptions options(String endpoint) {
        return CoordinatorOptions.builder()
                .endpoints(endpoint)
                .requestTimeout(REQUEST_TIMEOUT)
                .build();
    }

    private static String loopback(int port) {
        return "http://127.0.0.1:" + port;
    }

    @Test
    void aRefusedConnectionIsAConnectionErrorThatNamesTheEndpoint() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        long begin = System.nanoTime();

        assertFails(ErrorCode.CONNECTION_ERROR, () -> Coordination.connect(options(loopback(port))))
                .satisfies(failure -> assertSays(failure, "127.0.0.1:" + port));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(REQUEST_TIMEOUT.plusSeconds(1));
    }

    @Test
    void anEndpointThatAcceptsAndNeverAnswersEndsWithinTheRequestTimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            long begin = System.nanoTime();

            assertThatThrownBy(() -> Coordination.connect(options(loopback(silent.getLocalPort()))))
                    .asInstanceOf(type(CoordinationException.class))
                    .satisfies(failure ->
                            assertThat(failure.code()).isIn(ErrorCode.TIMEOUT_ERROR, ErrorCode.CONNECTION_ERROR))
                    .satisfies(failure -> assertSays(failure, "127.0.0.1:" + silent.getLocalPort()));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(REQUEST_TIMEOUT.plusSeconds(1));
        }
    }

    @Test
    void anUnknownSchemeNamesTheSchemesThatThereAre() {
        assertFails(ErrorCode.VALIDATION_ERROR, () -> Coordination.connect(options("zookeeper://127.0.0.1:2181")))
                .satisfies(failure -> assertSays(failure, "zookeeper", "http", "memory"));
    }

    @Test
    void aCoordinatorThatConnectsLazilyOpensWithoutAServer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Coordinator coordinator = Coordination.connect(options(loopback(silent.getLocalPort())).toBuilder()
                        .connectLazily(true)
                        .build())) {
            assertThat(coordinator.state()).isEqualTo(io.coordination.ConnectionState.CONNECTING);
        }
    }

    /** Something an application may call, by name. */
    private interface Use {
        void of(Coordinator coordinator) throws InterruptedException;
    }

    static Stream<Named<Use>> uses() {
        return Stream.of(
                Named.of("lock", coordinator -> coordinator.lock()),
                Named.of("registry", coordinator -> coordinator.registry()),
                Named.of("config", coordinator -> coordinator.config()),
                Named.of("module", coordinator -> coordinator.module("orders")),
                Named.of("onState", coordinator -> coordinator.onState(state -> {})),
                Named.of("ping", coordinator -> coordinator.ping()));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void everyUseAfterCloseSaysClosed(Use use) {
        Coordinator coordinator = Coordination.connect("memory:closed");
        coordinator.close();
        coordinator.close();

        assertFails(ErrorCode.CLOSED, () -> use.of(coordinator));
    }

    @Test
    void objectsThatWereTakenBeforeTheCloseSayClosedToo() throws InterruptedException {
        Coordinator coordinator = Coordination.connect("memory:closed-parts");
        var locks = coordinator.lock();
        var registry = coordinator.registry();
        var config = coordinator.config();
        LockHandle held = locks.acquire("held", TTL);
        coordinator.close();

        assertThat(held.isHeld()).isFalse();
        assertThat(held.unlock()).isFalse();
        assertFails(ErrorCode.CLOSED, () -> locks.acquire("a", TTL));
        assertFails(ErrorCode.CLOSED, () -> locks.tryAcquire("a", TTL));
        assertFails(ErrorCode.CLOSED, () -> registry.register(ServiceInfo.of("a", "h", 1)));
        assertFails(ErrorCode.CLOSED, () -> registry.discover("a"));
        assertFails(ErrorCode.CLOSED, () -> registry.watch("a", event -> {}));
        assertFails(ErrorCode.CLOSED, () -> config.get("a", String.class));
        assertFails(ErrorCode.CLOSED, () -> config.set("a", "b"));
        assertFails(ErrorCode.CLOSED, () -> config.watch("a", String.class, event -> {}));
    }

    @Test
    void whoWaitsWhenTheCoordinatorIsClosedIsTold() throws InterruptedException {
        try (Coordinator other = Coordination.connect("memory:closed-waiting")) {
            LockHandle held = other.lock().acquire("a", TTL);
            Coordinator coordinator = Coordination.connect("memory:closed-waiting");
            var waiting = coordinator.lock().acquireAsync("a", LockOptions.defaults());
            coordinator.close();

            assertThatThrownBy(waiting::join)
                    .cause()
                    .asInstanceOf(type(CoordinationException.class))
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.CLOSED));
            assertThat(held.isHeld()).isTrue();
        }
    }

    @Test
    void modulesInModulesAreRefused() {
        try (Coordinator coordinator = Coordination.connect("memory:nested")) {
            assertFails(ErrorCode.INVALID_STATE, () -> coordinator.module("a").module("b"));
        }
    }
}
