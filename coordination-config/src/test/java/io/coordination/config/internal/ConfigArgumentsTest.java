package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.config.TypeRef;
import io.coordination.config.Version;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigArgumentsTest {

    private static final ConfigRig RIG = new ConfigRig();

    private static Arguments refused(String parameter, ThrowingCallable blocking) {
        return Arguments.of(parameter, blocking);
    }

    static Stream<Arguments> blockingCalls() {
        MirroredConfig config = RIG.config;
        Class<String> noType = Absent.value();
        TypeRef<String> noRef = Absent.value();
        return Stream.of(
                refused("key", () -> config.get("a//b", String.class)),
                refused("key", () -> config.get(Absent.value(), String.class)),
                refused("key", () -> config.entry("..", String.class)),
                refused("key", () -> config.set("", 1)),
                refused("key", () -> config.compareAndSet("/a", Version.ABSENT, 1)),
                refused("key", () -> config.delete("a/")),
                refused("key", () -> config.watch(" a", String.class, event -> {})),
                refused("prefix", () -> config.list("//")),
                refused("prefix", () -> config.list(Absent.value())),
                refused("prefix", () -> config.watchPrefix("../a", String.class, batch -> {})),
                refused("type", () -> config.get("a", noType)),
                refused("type", () -> config.get("a", noRef)),
                refused("type", () -> config.entry("a", noType)),
                refused("type", () -> config.watch("a", noType, event -> {})),
                refused("type", () -> config.watchPrefix("a", noRef, batch -> {})),
                refused("value", () -> config.set("a", Absent.value())),
                refused("value", () -> config.set("a", "x".repeat(2_000_000))),
                refused("value", () -> config.compareAndSet("a", Version.ABSENT, Absent.value())),
                refused("expected", () -> config.compareAndSet("a", Absent.value(), 1)),
                refused("listener", () -> config.watch("a", String.class, Absent.value())),
                refused("listener", () -> config.watchPrefix("a", String.class, Absent.value())));
    }

    @ParameterizedTest
    @MethodSource("blockingCalls")
    void aBadArgumentIsNamedAndNothingIsSent(String parameter, ThrowingCallable call) {
        CoordinationException failure = Failures.of(call);
        assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(failure.getMessage()).startsWith(parameter + " is ").hasSizeLessThan(300);
        assertThat(RIG.faulty.calls()).isEmpty();
    }

    static Stream<Arguments> asyncCalls() {
        MirroredConfig config = RIG.config;
        Class<String> noType = Absent.value();
        return Stream.of(
                Arguments.of("key", config.getAsync("a//b", String.class)),
                Arguments.of("key", config.entryAsync("..", new TypeRef<List<String>>() {})),
                Arguments.of("key", config.setAsync("", 1)),
                Arguments.of("key", config.compareAndSetAsync("/a", Version.ABSENT, 1)),
                Arguments.of("key", config.deleteAsync("a/")),
                Arguments.of("prefix", config.listAsync("//")),
                Arguments.of("type", config.getAsync("a", noType)),
                Arguments.of("value", config.setAsync("a", Absent.value())),
                Arguments.of("expected", config.compareAndSetAsync("a", Absent.value(), 1)));
    }

    @ParameterizedTest
    @MethodSource("asyncCalls")
    void asyncFormsFailTheirFutures(String parameter, CompletableFuture<?> future) {
        CoordinationException failure = Failures.of(future);
        assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(failure.getMessage()).startsWith(parameter + " is ");
    }

    @Test
    void messagesNeverShowTheValue() {
        CoordinationException failure = Failures.of(() -> RIG.config.set("a", "s3cret".repeat(200_000)));
        assertThat(failure.getMessage()).doesNotContain("s3cret");
    }
}
