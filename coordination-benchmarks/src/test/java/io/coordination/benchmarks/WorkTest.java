package io.coordination.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The work that all clients do, on a client that answers from memory. */
@Timeout(60)
class WorkTest {

    private static final Duration SHORT = Duration.ofMillis(300);

    @Nested
    class Looping {

        @Test
        void oneCallerWaitsForEachCall() {
            AtomicInteger inFlight = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CallLoop loop = new CallLoop(List.of("a", "b"), key -> answeredSoon(inFlight, most));

            Reading reading = loop.run(new Command("get", 1, SHORT));

            assertThat(most).hasValue(1);
            assertThat(reading.get("p50")).isPositive().isLessThanOrEqualTo(reading.get("p99"));
        }

        @Test
        void asManyCallsAreInFlightAsAsked() {
            AtomicInteger inFlight = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            Queue<CompletableFuture<String>> open = new ConcurrentLinkedQueue<>();

            Calls.makeAll(names(80), 8, key -> {
                CompletableFuture<String> answer = new CompletableFuture<>();
                open.add(answer);
                most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                if (open.size() == 8) { // nothing is answered before all flows have called
                    CompletableFuture.runAsync(() -> answer(List.copyOf(open), open, inFlight));
                }
                return answer;
            });

            assertThat(most).hasValue(8);
            assertThat(inFlight).as("all answered at the end").hasValue(0);
        }

        @Test
        void flowsTellTheirRate() {
            CallLoop loop =
                    new CallLoop(List.of("a", "b"), key -> answeredSoon(new AtomicInteger(), new AtomicInteger()));

            Reading reading = loop.run(new Command("get", 8, SHORT));

            assertThat(reading.get("rate")).isPositive();
            assertThat(reading.get("calls")).isPositive();
        }

        @Test
        void callsWalkOverTheKeys() {
            Queue<String> called = new ConcurrentLinkedQueue<>();
            Calls.makeAll(names(10), 3, key -> {
                called.add(key);
                return CompletableFuture.completedFuture(key);
            });

            assertThat(called).hasSize(10).doesNotHaveDuplicates();
        }

        @Test
        void aFailedCallFailsTheRun() {
            CallLoop loop = new CallLoop(
                    List.of("a"), key -> CompletableFuture.failedFuture(new IllegalStateException("no leader")));

            assertThatThrownBy(() -> loop.run(new Command("get", 1, SHORT))).hasMessageContaining("no leader");
            assertThatThrownBy(() -> loop.run(new Command("get", 8, SHORT))).hasMessageContaining("no leader");
        }

        private static List<String> names(int count) {
            return IntStream.range(0, count).mapToObj(i -> "k" + i).toList();
        }

        private static void answer(
                List<CompletableFuture<String>> answers,
                Queue<CompletableFuture<String>> open,
                AtomicInteger inFlight) {
            open.removeIf(each -> answers.stream().anyMatch(answer -> answer == each));
            answers.forEach(answer -> {
                inFlight.decrementAndGet();
                answer.complete("answer");
            });
        }

        private CompletableFuture<?> answeredSoon(AtomicInteger inFlight, AtomicInteger most) {
            most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            return new CompletableFuture<>()
                    .completeOnTimeout("answer", 1, TimeUnit.MILLISECONDS)
                    .whenComplete((done, failed) -> inFlight.decrementAndGet());
        }
    }

    @Nested
    class FanningOut {

        @Test
        void watchersAreOpenedHeardAndClosed() {
            Echo client = new Echo();

            Reading reading = new FanOut(client).run(new Command("watch.fanout", 5, SHORT));

            assertThat(client.mostWatchers).isEqualTo(5);
            assertThat(client.watchers).isEmpty();
            assertThat(reading.get("p50")).isPositive().isLessThanOrEqualTo(reading.get("p99"));
        }
    }

    @Nested
    class Mirroring {

        @Test
        void aMirrorThatIsNotCompleteIsNoFigure() {
            var workloads = StoreWorkloads.of(new Echo());

            assertThatThrownBy(() -> workloads.get("mirror.load").run(new Command("mirror.load", 10, Duration.ZERO)))
                    .hasMessageContaining("a mirror of 10 keys has 3");
        }
    }

    /** Tells all watchers what is put. */
    private static final class Echo implements StoreClient {

        private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();
        private final List<String> keys = new ArrayList<>();
        private int mostWatchers;

        @Override
        public CompletableFuture<?> get(String key) {
            return CompletableFuture.completedFuture(key);
        }

        @Override
        public CompletableFuture<?> getSerializable(String key) {
            return get(key);
        }

        @Override
        public CompletableFuture<?> put(String key, String value) {
            keys.add(key);
            watchers.forEach(watcher -> watcher.accept(value));
            return get(key);
        }

        @Override
        public CompletableFuture<?> putIfPresent(String key, String value) {
            return put(key, value);
        }

        @Override
        public CompletableFuture<?> putIfPresentAmongMany(String key, String value) {
            return put(key, value);
        }

        @Override
        public Ending watch(String prefix, Consumer<String> onValue) {
            watchers.add(onValue);
            mostWatchers = Math.max(mostWatchers, watchers.size());
            return () -> watchers.remove(onValue);
        }

        @Override
        public CompletableFuture<Integer> mirror(String prefix) {
            return CompletableFuture.completedFuture(3);
        }

        @Override
        public Holding hold(String prefix, int count, Duration ttl) {
            return new Holding(1, keys::clear);
        }

        @Override
        public void close() {
            watchers.clear();
        }
    }
}
