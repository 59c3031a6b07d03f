package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.config.ConfigCenter;
import io.coordination.config.ConfigEntry;
import io.coordination.config.TypeRef;
import io.coordination.config.Version;
import io.coordination.store.Blocking;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a user may rely on with {@link ConfigCenter}, as tests that see nothing but coordinators.
 *
 * <p>A subclass says how to {@link #connect()} one more coordinator to one and the same store and namespace. Every test uses
 * a prefix of its own and two coordinators, which stand for two processes.
 */
@Timeout(60)
public abstract class ConfigContract extends ConfigWatchRules {

    /** For subclasses. */
    protected ConfigContract() {}

    @Nested
    class Writing {

        @Test
        void isReadBackAtOnceByTheCoordinatorThatDidIt() {
            assertThat(mine().get(key("a"), Integer.class)).isEmpty();
            for (int i = 0; i < 50; i++) {
                mine().set(key("a"), i);
                assertThat(mine().get(key("a"), Integer.class)).contains(i);
            }
            assertThat(mine().delete(key("a"))).isTrue();
            assertThat(mine().get(key("a"), Integer.class)).isEmpty();
        }

        @Test
        void isSeenByEverybodySoon() {
            assertThat(other().get(key("a"), String.class)).isEmpty();
            mine().set(key("a"), "one");
            awaitValue(other(), key("a"), "one");
            mine().set(key("a"), "two");
            awaitValue(other(), key("a"), "two");
        }

        @Test
        void isSeenAtOnceByWhoReadsForTheFirstTime() {
            mine().set(key("a"), "one");
            assertThat(other().get(key("a"), String.class)).contains("one");
        }

        @Test
        void givesGrowingVersions() {
            Version first = mine().set(key("a"), 1);
            Version second = other().set(key("a"), 2);
            Version third = mine().set(key("a"), 3);
            assertThat(Stream.of(first, second, third)).isSorted().doesNotHaveDuplicates();
            assertThat(mine().entry(key("a"), Integer.class)).contains(new ConfigEntry<>(key("a"), 3, third));
        }

        @Test
        void replacesAValueOfAnotherKind() {
            mine().set(key("a"), 1);
            mine().set(key("a"), List.of("x"));
            assertThat(mine().get(key("a"), new TypeRef<List<String>>() {})).contains(List.of("x"));
        }

        @Test
        void byManyAtOnceSucceedsForAllAndLeavesOneOfTheirValues() {
            List<CompletableFuture<Version>> writes = IntStream.range(0, 40)
                    .mapToObj(i -> (i % 2 == 0 ? mine() : other()).setAsync(key("a"), i))
                    .toList();
            List<Version> versions =
                    writes.stream().map(CompletableFuture::join).toList();
            assertThat(versions).doesNotHaveDuplicates();
            Version last = versions.stream().max(Version::compareTo).orElseThrow();
            ConfigEntry<Integer> entry =
                    connectAnd(config -> config.entry(key("a"), Integer.class).orElseThrow());
            assertThat(entry).isEqualTo(new ConfigEntry<>(key("a"), versions.indexOf(last), last));
        }

        private <T> T connectAnd(Function<ConfigCenter, T> step) {
            try (Coordinator fresh = connect()) {
                return step.apply(fresh.config());
            }
        }
    }

    @Nested
    class Deleting {

        @Test
        void tellsWhetherThereWasAValue() {
            mine().set(key("a"), 1);
            assertThat(other().delete(key("a"))).isTrue();
            assertThat(other().delete(key("a"))).isFalse();
            assertThat(mine().delete(key("a"))).isFalse();
            assertThat(mine().delete(key("never"))).isFalse();
        }

        @Test
        void takesThatKeyAlone() {
            List.of("a", "a/b", "ab").forEach(name -> mine().set(key(name), 1));
            mine().delete(key("a"));
            assertThat(mine().list(root)).containsExactly(key("a/b"), key("ab"));
        }

        @Test
        void isSeenByEverybodySoon() {
            mine().set(key("a"), 1);
            assertThat(other().get(key("a"), Integer.class)).contains(1);
            mine().delete(key("a"));
            await().atMost(SOON)
                    .until(() -> other().get(key("a"), Integer.class).isEmpty());
        }
    }

    @Nested
    class CompareAndSet {

        private ConflictException conflict(Version expected) {
            return catchThrowableOfType(
                    ConflictException.class, () -> mine().compareAndSet(key("a"), expected, "mine"));
        }

        @Test
        void replacesTheExpectedVersion() {
            Version first = mine().compareAndSet(key("a"), Version.ABSENT, "one");
            Version second = other().compareAndSet(key("a"), first, "two");
            assertThat(second).isGreaterThan(first);
            awaitValue(mine(), key("a"), "two");
        }

        @Test
        void refusesAnotherVersionAndTellsTheOneThatIsStored() {
            Version first = mine().set(key("a"), "one");
            Version second = other().set(key("a"), "two");
            ConflictException conflict = conflict(first);
            assertThat(conflict.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(conflict.current()).contains(second);
            assertThat(conflict.outcomeUnknown()).isFalse();
            assertThat(other().get(key("a"), String.class)).contains("two");
            assertThat(mine().compareAndSet(key("a"), conflict.current().orElseThrow(), "three"))
                    .isGreaterThan(second);
        }

        @Test
        void createsOnlyWhatIsAbsent() {
            Version first = other().set(key("a"), "theirs");
            assertThat(conflict(Version.ABSENT).current()).contains(first);
            other().delete(key("a"));
            assertThat(mine().compareAndSet(key("a"), Version.ABSENT, "mine")).isGreaterThan(first);
        }

        @Test
        void refusesWhatWasDeleted() {
            Version first = mine().set(key("a"), "one");
            mine().delete(key("a"));
            assertThat(conflict(first).current()).contains(Version.ABSENT);
            Version second = mine().set(key("a"), "one");
            assertThat(conflict(first).current()).contains(second);
        }

        @Test
        void afterAConflictTheReaderSeesWhatWasInTheWay() {
            Version first = mine().set(key("a"), "one");
            assertThat(mine().get(key("a"), String.class)).contains("one");
            Version second = other().set(key("a"), "two");
            conflict(first);
            assertThat(mine().entry(key("a"), String.class)).contains(new ConfigEntry<>(key("a"), "two", second));
        }

        @Test
        void losesNoIncrementOfManyWriters() {
            mine().set(key("counter"), 0);
            List<CompletableFuture<Void>> writers = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> increment(i % 2 == 0 ? mine() : other(), 25), ThreadPerTask.THREADS))
                    .toList();
            writers.forEach(CompletableFuture::join);
            awaitValue(mine(), key("counter"), 100);
        }

        private void increment(ConfigCenter config, int times) {
            int done = 0;
            while (done < times) {
                ConfigEntry<Integer> entry =
                        config.entry(key("counter"), Integer.class).orElseThrow();
                try {
                    config.compareAndSet(key("counter"), entry.version(), entry.value() + 1);
                    done++;
                } catch (ConflictException e) {
                    assertThat(e.current().orElseThrow()).isGreaterThan(entry.version());
                }
            }
        }
    }

    @Nested
    class Listing {

        @Test
        void findsTheKeysUnderAPrefixByWholeSegments() {
            List.of("app", "app/name", "app/db/url", "app2/name", "apple").forEach(name -> mine().set(key(name), 1));
            assertThat(mine().list(key("app"))).containsExactly(key("app/db/url"), key("app/name"));
            assertThat(mine().list(key("app/"))).isEqualTo(mine().list(key("app")));
            assertThat(mine().list(key("ap"))).isEmpty();
            assertThat(mine().list(key("app/name"))).isEmpty();
            assertThat(mine().list("")).contains(key("app"), key("apple"));
        }

        @Test
        void givesNamesThatCanBeRead() {
            List<String> names = List.of("100%", "a b", "ä", "%2F", "\uD83D\uDE80/x", "~", "a+b", "..a");
            names.forEach(name -> mine().set(key(name), name));
            assertThat(other().list(root))
                    .hasSameSizeAs(names)
                    .isSorted()
                    .allSatisfy(found ->
                            assertThat(other().get(found, String.class)).contains(found.substring(root.length() + 1)));
        }

        @Test
        void forgetsDeletedKeys() {
            mine().set(key("a"), 1);
            mine().set(key("b"), 1);
            mine().delete(key("a"));
            assertThat(mine().list(root)).containsExactly(key("b"));
        }

        @Test
        void findsMoreThanOnePage() {
            List<CompletableFuture<Version>> writes = IntStream.range(0, 1_100)
                    .mapToObj(i -> mine().setAsync(key("k" + i), i))
                    .toList();
            writes.forEach(CompletableFuture::join);
            assertThat(other().list(root)).hasSize(1_100);
        }
    }

    @Nested
    class Modules {

        @Test
        void haveKeysOfTheirOwn() {
            ConfigCenter orders = mine.module("orders").config();
            ConfigCenter stock = mine.module("stock").config();
            mine().set(key("a"), "root");
            orders.set(key("a"), "orders");
            assertThat(stock.get(key("a"), String.class)).isEmpty();
            assertThat(orders.get(key("a"), String.class)).contains("orders");
            assertThat(mine().get(key("a"), String.class)).contains("root");
            assertThat(mine().list("")).noneMatch(name -> name.contains("orders"));
            stock.delete(key("a"));
            orders.delete(key("a"));
            assertThat(mine().get(key("a"), String.class)).contains("root");
        }

        @Test
        void areTheSameForEveryProcess() {
            mine.module("orders").config().set(key("a"), "orders");
            assertThat(other.module("orders").config().get(key("a"), String.class))
                    .contains("orders");
        }

        @Test
        void closeWithoutTheCoordinator() {
            Coordinator orders = mine.module("orders");
            ConfigCenter config = orders.config();
            Watch watch = config.watch(key("a"), String.class, event -> {});
            orders.close();
            assertThat(watch.isClosed()).isTrue();
            assertThat(failureOf(() -> config.get(key("a"), String.class)).code())
                    .isEqualTo(ErrorCode.CLOSED);
            mine().set(key("a"), "root");
            assertThat(mine().get(key("a"), String.class)).contains("root");
        }
    }

    @Nested
    class Asynchronous {

        @Test
        void formsDoWhatTheBlockingFormsDo() {
            Version first = mine().setAsync(key("a"), "one").join();
            assertThat(mine().getAsync(key("a"), String.class).join()).contains("one");
            Version second = mine().compareAndSetAsync(key("a"), first, "two").join();
            assertThat(mine().entryAsync(key("a"), String.class).join())
                    .contains(new ConfigEntry<>(key("a"), "two", second));
            assertThat(mine().listAsync(root).join()).containsExactly(key("a"));
            assertThat(mine().deleteAsync(key("a")).join()).isTrue();
            assertThat(mine().getAsync(key("a"), String.class).join()).isEmpty();
        }

        @Test
        void formsFailWithTheSameExceptions() {
            mine().set(key("a"), "one");
            CompletableFuture<Version> conflict = mine().compareAndSetAsync(key("a"), Version.ABSENT, "two");
            assertThat(failureOf(() -> Blocking.await(conflict, "replacing"))).isInstanceOf(ConflictException.class);
        }

        @Test
        void dependentsRunOnACallbackThread() {
            Thread caller = Thread.currentThread();
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            CompletableFuture<Version> set = mine().setAsync(key("a"), 1);
            CompletableFuture<Void> dependent = set.thenAccept(version -> thread.complete(Thread.currentThread()));
            assertThat(dependent).succeedsWithin(SOON);
            assertThat(thread.join())
                    .satisfiesAnyOf(
                            ran -> assertThat(ran).isSameAs(caller),
                            ran -> assertThat(ran.getName()).contains("callback"));
        }
    }

    @Nested
    class AfterClose {

        private void assertClosed(Supplier<CompletableFuture<?>> call) {
            CoordinationException failure = failureOf(() -> Blocking.await(call.get(), "a call"));
            assertThat(failure.code()).isEqualTo(ErrorCode.CLOSED);
        }

        @Test
        void everyCallFailsWithClosed() {
            ConfigCenter config = mine();
            Watch watch = config.watch(key("a"), String.class, event -> {});
            mine.close();
            assertThat(watch.isClosed()).isTrue();
            assertThat(failureOf(() -> config.get(key("a"), String.class)).code())
                    .isEqualTo(ErrorCode.CLOSED);
            assertThat(failureOf(() -> config.set(key("a"), 1)).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failureOf(() -> config.delete(key("a"))).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failureOf(() -> config.list("")).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failureOf(() -> config.watch(key("a"), String.class, event -> {}))
                            .code())
                    .isEqualTo(ErrorCode.CLOSED);
            assertClosed(() -> config.setAsync(key("a"), 1));
            assertClosed(() -> config.getAsync(key("a"), String.class));
        }

        @Test
        void everyFutureIsDone() {
            ConfigCenter config = mine();
            List<CompletableFuture<Version>> writes = IntStream.range(0, 50)
                    .mapToObj(i -> config.setAsync(key("k" + i), i))
                    .toList();
            mine.close();
            for (CompletableFuture<Version> write : writes) {
                CompletableFuture<Boolean> ended =
                        write.handle((version, failure) -> failure == null || isClosed(failure));
                assertThat(ended).succeedsWithin(SOON).isEqualTo(true);
            }
        }

        private boolean isClosed(Throwable failure) {
            return failure instanceof CoordinationException e && e.code() == ErrorCode.CLOSED;
        }

        @Test
        void valuesStay() {
            mine().set(key("a"), "kept");
            mine.close();
            assertThat(other().get(key("a"), String.class)).contains("kept");
        }
    }
}
