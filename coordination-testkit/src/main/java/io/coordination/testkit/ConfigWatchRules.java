package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.config.ConfigBatch;
import io.coordination.config.ConfigEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link ConfigContract} about watches. */
abstract class ConfigWatchRules extends ConfigValueRules {

    @Nested
    class WatchingAKey {

        private final List<ConfigEvent<Integer>> events = new CopyOnWriteArrayList<>();

        private Watch watch() {
            Watch watch = mine().watch(key("a"), Integer.class, events::add);
            awaitSize(events, 1);
            return watch;
        }

        @Test
        void beginsWithThePresentValue() {
            other().set(key("a"), 1);
            watch();
            assertThat(describe(events.get(0))).isEqualTo("initially 1");
            assertThat(events.get(0).key()).isEqualTo(key("a"));
        }

        @Test
        void beginsWithNothingWhenThereIsNothing() {
            watch();
            assertThat(describe(events.get(0))).isEqualTo("initially nothing");
        }

        @Test
        void tellsEveryChangeInOrderWithOldAndNewValue() {
            watch();
            other().set(key("a"), 1);
            mine().set(key("a"), 2);
            other().delete(key("a"));
            other().set(key("a"), 3);
            awaitSize(events, 5);
            assertThat(events.stream().map(ConfigWatchRules::describe))
                    .containsExactly(
                            "initially nothing",
                            "changed from nothing to 1",
                            "changed from 1 to 2",
                            "removed 2",
                            "changed from nothing to 3");
            assertThat(events.stream().map(ConfigEvent::revision)).isSorted().doesNotHaveDuplicates();
            assertThat(events).allMatch(event -> event.key().equals(key("a")));
        }

        @Test
        void givesTheVersionsOfTheWritesAsRevisions() {
            watch();
            long revision = other().set(key("a"), 1).revision();
            awaitSize(events, 2);
            assertThat(events.get(1).revision()).isEqualTo(revision);
        }

        @Test
        void tellsNothingAboutOtherKeys() {
            watch();
            List.of("b", "a/b", "aa").forEach(name -> other().set(key(name), 1));
            other().set(key("a"), 7);
            awaitSize(events, 2);
            assertThat(describe(events.get(1))).isEqualTo("changed from nothing to 7");
        }

        @Test
        void survivesAValueThatDoesNotDecode() {
            other().set(key("a"), 1);
            watch();
            other().set(key("a"), "s3cret");
            other().set(key("a"), 2);
            awaitSize(events, 3);
            assertThat(events.get(1)).isInstanceOfSatisfying(ConfigEvent.Unreadable.class, unreadable -> {
                assertThat(unreadable.cause().code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
                assertThat(unreadable.cause().getMessage()).doesNotContain("s3cret");
            });
            assertThat(describe(events.get(2))).isEqualTo("changed from 1 to 2");
        }

        @Test
        void reachesTheLastStateOfManyWriters() {
            watch();
            CompletableFuture<Void> mineDone = CompletableFuture.runAsync(() -> write(100), ThreadPerTask.THREADS);
            write(100);
            mineDone.join();
            other().set(key("a"), -1);
            await().atMost(SOON)
                    .until(() -> describe(events.get(events.size() - 1)).endsWith("to -1"));
            assertThat(events.stream().map(ConfigEvent::revision)).isSorted().doesNotHaveDuplicates();
        }

        private void write(int times) {
            for (int i = 0; i < times; i++) {
                other().set(key("a"), i);
            }
        }

        @Test
        void tellsNothingAfterTheClose() {
            Watch watch = watch();
            watch.close();
            watch.close();
            assertThat(watch.isClosed()).isTrue();
            List<ConfigEvent<Integer>> later = new CopyOnWriteArrayList<>();
            mine().watch(key("a"), Integer.class, later::add);
            other().set(key("a"), 1);
            awaitSize(later, 2);
            assertThat(events).hasSize(1);
        }

        @Test
        void outlivesAListenerThatThrows() {
            AtomicInteger calls = new AtomicInteger();
            mine().watch(key("a"), Integer.class, event -> {
                calls.incrementAndGet();
                throw new IllegalStateException("from the listener of a test");
            });
            await().atMost(SOON).until(() -> calls.get() == 1); // else the first call may tell of the write already
            other().set(key("a"), 1);
            await().atMost(SOON).until(() -> calls.get() == 2);
        }

        @Test
        void letsTheListenerReadWriteAndCloseItsOwnWatch() {
            CompletableFuture<Watch> own = new CompletableFuture<>();
            own.complete(mine().watch(key("a"), Integer.class, event -> {
                events.add(event);
                int next = mine().get(key("a"), Integer.class).orElse(0) + 1;
                if (next <= 3) {
                    mine().set(key("a"), next);
                } else {
                    own.join().close();
                }
            }));
            await().atMost(SOON).until(() -> own.join().isClosed());
            assertThat(mine().get(key("a"), Integer.class)).contains(3);
        }

        @Test
        void isNotDelayedByAListenerThatBlocks() {
            CompletableFuture<Void> gate = new CompletableFuture<>();
            mine().watch(key("a"), Integer.class, event -> gate.join());
            watch();
            mine().set(key("a"), 1);
            awaitSize(events, 2);
            gate.complete(null);
        }
    }

    @Nested
    class WatchingAPrefix {

        private final List<ConfigBatch<Integer>> batches = new CopyOnWriteArrayList<>();

        private Watch watch(String prefix) {
            Watch watch = mine().watchPrefix(prefix, Integer.class, batches::add);
            awaitSize(batches, 1);
            return watch;
        }

        private List<String> described(int batch) {
            return batches.get(batch).events().stream()
                    .map(event -> event.key() + " " + describe(event))
                    .toList();
        }

        @Test
        void beginsWithEveryPresentKeyInOrder() {
            List.of("app/b", "app/a", "app/a/c", "app2/x", "app").forEach(name -> other().set(key(name), 1));
            watch(key("app"));
            assertThat(batches.get(0).resync()).isTrue();
            assertThat(described(0))
                    .containsExactly(
                            key("app/a") + " initially 1",
                            key("app/a/c") + " initially 1",
                            key("app/b") + " initially 1");
        }

        @Test
        void beginsWithAnEmptyBatchWhenThereIsNothing() {
            watch(root);
            assertThat(batches.get(0).resync()).isTrue();
            assertThat(batches.get(0).events()).isEmpty();
        }

        @Test
        void tellsOneBatchForEachChangeInOrder() {
            watch(root);
            other().set(key("a"), 1);
            other().set(key("b/c"), 2);
            other().set(key("a"), 3);
            other().delete(key("b/c"));
            awaitSize(batches, 5);
            assertThat(described(1)).containsExactly(key("a") + " changed from nothing to 1");
            assertThat(described(2)).containsExactly(key("b/c") + " changed from nothing to 2");
            assertThat(described(3)).containsExactly(key("a") + " changed from 1 to 3");
            assertThat(described(4)).containsExactly(key("b/c") + " removed 2");
            assertThat(batches.stream().map(ConfigBatch::revision)).isSorted().doesNotHaveDuplicates();
            assertThat(batches.stream().skip(1)).noneMatch(ConfigBatch::resync);
        }

        @Test
        void seesWholeSegmentsOnly() {
            watch(key("app"));
            List.of("app2/x", "app", "ap/x").forEach(name -> other().set(key(name), 1));
            other().set(key("app/x"), 2);
            awaitSize(batches, 2);
            assertThat(described(1)).containsExactly(key("app/x") + " changed from nothing to 2");
        }

        @Test
        void survivesAValueThatDoesNotDecode() {
            other().set(key("a"), 1);
            watch(root);
            other().set(key("a"), "text");
            other().set(key("a"), 2);
            awaitSize(batches, 3);
            assertThat(described(1)).containsExactly(key("a") + " unreadable");
            assertThat(described(2)).containsExactly(key("a") + " changed from 1 to 2");
        }

        @Test
        void tellsNothingAfterTheClose() {
            watch(root).close();
            List<ConfigBatch<Integer>> later = new CopyOnWriteArrayList<>();
            mine().watchPrefix(root, Integer.class, later::add);
            other().set(key("a"), 1);
            awaitSize(later, 2);
            assertThat(batches).hasSize(1);
        }
    }

    private static String describe(ConfigEvent<Integer> event) {
        if (event instanceof ConfigEvent.Initial<Integer> initial) {
            return "initially " + text(initial.value());
        } else if (event instanceof ConfigEvent.Changed<Integer> changed) {
            return "changed from " + text(changed.previous()) + " to " + changed.value();
        } else if (event instanceof ConfigEvent.Removed<Integer> removed) {
            return "removed " + text(removed.previous());
        }
        return "unreadable";
    }

    private static String text(Optional<Integer> value) {
        return value.map(String::valueOf).orElse("nothing");
    }
}
