package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.config.ConfigCenter;
import io.coordination.config.TypeRef;
import io.coordination.config.Version;
import io.coordination.testkit.StoreCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigCloseTest {

    private static final TypeRef<List<String>> NAMES = new TypeRef<>() {};

    private final ConfigRig rig = new ConfigRig();
    private final MirroredConfig config = rig.config;

    static Stream<Consumer<ConfigCenter>> blockingCalls() {
        return Stream.of(
                c -> c.get("a", String.class),
                c -> c.get("a", NAMES),
                c -> c.entry("a", String.class),
                c -> c.entry("a", NAMES),
                c -> c.set("a", 1),
                c -> c.compareAndSet("a", Version.ABSENT, 1),
                c -> c.delete("a"),
                c -> c.list(""),
                c -> c.watch("a", String.class, event -> {}),
                c -> c.watch("a", NAMES, event -> {}),
                c -> c.watchPrefix("a", String.class, batch -> {}),
                c -> c.watchPrefix("a", NAMES, batch -> {}));
    }

    static Stream<Function<ConfigCenter, CompletableFuture<?>>> asyncCalls() {
        return Stream.of(
                c -> c.getAsync("a", String.class),
                c -> c.getAsync("a", NAMES),
                c -> c.entryAsync("a", String.class),
                c -> c.entryAsync("a", NAMES),
                c -> c.setAsync("a", 1),
                c -> c.compareAndSetAsync("a", Version.ABSENT, 1),
                c -> c.deleteAsync("a"),
                c -> c.listAsync(""));
    }

    @ParameterizedTest
    @MethodSource("blockingCalls")
    void everyCallAfterwardsIsRefused(Consumer<ConfigCenter> call) {
        config.get("a", String.class);
        config.close();
        assertThat(Failures.of(() -> call.accept(config)).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @ParameterizedTest
    @MethodSource("blockingCalls")
    void neverOpenedItIsRefusedToo(Consumer<ConfigCenter> call) {
        config.close();
        assertThat(Failures.of(() -> call.accept(config)).code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(rig.faulty.calls()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("asyncCalls")
    void everyFutureAfterwardsHasFailed(Function<ConfigCenter, CompletableFuture<?>> call) {
        config.close();
        assertThat(Failures.of(call.apply(config)).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @ParameterizedTest
    @MethodSource("asyncCalls")
    void everyFutureUnderWayEnds(Function<ConfigCenter, CompletableFuture<?>> call) {
        rig.faulty.onEveryCall().hold();
        CompletableFuture<?> future = call.apply(config);
        rig.callbacks.runAll();
        assertThat(future).isNotDone();
        config.close();
        rig.callbacks.runAll();
        assertThat(Failures.of(future).code()).isEqualTo(ErrorCode.CLOSED);
    }

    @Test
    void aWriteUnderWayEndsWithAnUnknownOutcomeAndAReadWithAKnownOne() {
        rig.faulty.onNextTxn(txn -> true).hold();
        CompletableFuture<Version> set = config.setAsync("a", 1);
        rig.faulty.onEvery(StoreCall.Range.class).hold();
        CompletableFuture<List<String>> list = config.listAsync("");
        config.close();
        rig.callbacks.runAll();
        assertThat(Failures.of(set).outcomeUnknown()).isTrue();
        assertThat(Failures.of(list).outcomeUnknown()).isFalse();
    }

    @Test
    void aWriteThatOnlyWaitsForItsReadsIsToldAsDone() {
        config.get("a", String.class);
        rig.faulty.watches().hold();
        CompletableFuture<Version> set = config.setAsync("a", 1);
        config.close();
        rig.callbacks.runAll();
        assertThat(set).isCompleted();
    }

    @Test
    void watchesEnd() {
        List<Object> seen = new ArrayList<>();
        Watch one = config.watch("a", Integer.class, seen::add);
        Watch all = config.watchPrefix("", Integer.class, seen::add);
        config.close();
        rig.callbacks.runAll();
        assertThat(seen).isEmpty();
        assertThat(one.isClosed()).isTrue();
        assertThat(all.isClosed()).isTrue();
        assertThat(rig.faulty.watches().count()).isZero();
        one.close();
    }

    @Test
    void theStoreAndOtherCentresGoOn() {
        MirroredConfig second = rig.centre(rig.faulty, rig.keys, rig.callbacks);
        config.get("a", String.class);
        config.close();
        config.close();
        second.set("a", "x");
        assertThat(second.get("a", String.class)).contains("x");
    }

    @Test
    void theMessageSaysWhatToDo() {
        config.close();
        CoordinationException failure = Failures.of(() -> config.list(""));
        assertThat(failure).hasMessageContaining("is closed").hasMessageContaining("open a new coordinator");
    }
}
