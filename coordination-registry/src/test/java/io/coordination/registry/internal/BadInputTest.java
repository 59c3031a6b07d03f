package io.coordination.registry.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.registry.ServiceRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("NullAway") // what happens to null is the question here
class BadInputTest {

    private final Cluster cluster = new Cluster();
    private final ServiceRegistry registry = cluster.node().registry;

    static Stream<Arguments> blockingCalls() {
        return Stream.of(
                call("service", "register null", registry -> registry.register(null)),
                call("serviceId", "unregister null", registry -> registry.unregister(null)),
                call("serviceId", "unregister nothing", registry -> registry.unregister("")),
                call("serviceId", "unregister blanks", registry -> registry.unregister("  ")),
                call("name", "discover null", registry -> registry.discover(null)),
                call("name", "discover nothing", registry -> registry.discover("")),
                call("name", "discover a tab", registry -> registry.discover("a\tb")),
                call("name", "discover 10 kB", registry -> registry.discover("x".repeat(10_240))),
                call("name", "watch null", registry -> registry.watch(null, event -> {})),
                call("name", "watch blanks", registry -> registry.watch(" ", event -> {})),
                call("listener", "watch for nobody", registry -> registry.watch("orders", null)));
    }

    static Stream<Arguments> asynchronousCalls() {
        return Stream.of(
                future("service", "register null", registry -> registry.registerAsync(null)),
                future("serviceId", "unregister nothing", registry -> registry.unregisterAsync("")),
                future("name", "discover 10 kB", registry -> registry.discoverAsync("x".repeat(10_240))));
    }

    private static Arguments call(String parameter, String title, Consumer<ServiceRegistry> call) {
        return Arguments.of(parameter, Named.of(title, call));
    }

    private static Arguments future(
            String parameter, String title, Function<ServiceRegistry, CompletableFuture<?>> call) {
        return Arguments.of(parameter, Named.of(title, call));
    }

    @ParameterizedTest
    @MethodSource("blockingCalls")
    void isRefusedWithTheNameOfTheParameter(String parameter, Consumer<ServiceRegistry> call) {
        assertThatThrownBy(() -> call.accept(registry))
                .isInstanceOfSatisfying(CoordinationException.class, e -> assertRefused(parameter, e));
        assertThat(cluster.keysBelow("")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("asynchronousCalls")
    void failsTheFuture(String parameter, Function<ServiceRegistry, CompletableFuture<?>> call) {
        assertThat(call.apply(registry))
                .isCompletedExceptionally()
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(CoordinationException.class, e -> assertRefused(parameter, e));
    }

    private static void assertRefused(String parameter, CoordinationException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(e).hasMessageStartingWith(parameter + " is ");
    }
}
