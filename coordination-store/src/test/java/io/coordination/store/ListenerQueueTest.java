package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Instrumentation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListenerQueueTest {

    private final ExecutorService pool = Executors.newFixedThreadPool(4);

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    private ListenerQueue<Integer> queue(Consumer<Integer> listener) {
        return queue(pool, listener, () -> {});
    }

    private static ListenerQueue<Integer> queue(Executor threads, Consumer<Integer> listener, Runnable onClose) {
        ListenerCalls calls = ListenerCalls.of(threads, new HandTime(), Instrumentation.NONE);
        return new ListenerQueue<>(calls, new SummingTarget(listener), onClose);
    }

    @Nested
    class Delivering {

        @Test
        void eventsComeInOrderAndOneAtATime() {
            List<Integer> heard = new CopyOnWriteArrayList<>();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger overlaps = new AtomicInteger();
            ListenerQueue<Integer> queue = queue(event -> {
                overlaps.addAndGet(inside.getAndIncrement());
                heard.add(event);
                inside.getAndDecrement();
            });

            List<Integer> sent = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                sent.add(i);
                queue.deliver(i);
            }

            await().untilAsserted(() -> assertThat(heard).isEqualTo(sent));
            assertThat(overlaps).hasValue(0);
        }

        @Test
        void deliveringNeverCallsTheListenerItself() {
            Queue<Runnable> threads = new ArrayDeque<>();
            List<Integer> heard = new ArrayList<>();
            ListenerQueue<Integer> queue = queue(threads::add, heard::add, () -> {});

            queue.deliver(1);

            assertThat(heard).isEmpty();
            threads.remove().run();
            assertThat(heard).containsExactly(1);
        }

        @Test
        void aListenerThatThrowsGoesOnHearing() {
            List<Integer> heard = new ArrayList<>();
            ListenerQueue<Integer> queue = queue(
                    Runnable::run,
                    event -> {
                        heard.add(event);
                        if (event == 1) {
                            throw new IllegalStateException("a failure on purpose");
                        }
                        if (event == 2) {
                            throw new AssertionError("an error on purpose");
                        }
                    },
                    () -> {});

            queue.deliver(1);
            queue.deliver(2);
            queue.deliver(3);

            assertThat(heard).containsExactly(1, 2, 3);
        }

        @Test
        void aSlowListenerDelaysNobodyElse() throws Exception {
            CountDownLatch free = new CountDownLatch(1);
            CompletableFuture<Integer> other = new CompletableFuture<>();

            queue(event -> awaitQuietly(free)).deliver(1);
            queue(other::complete).deliver(2);

            assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(2);
            free.countDown();
        }
    }

    @Nested
    class Closing {

        @Test
        void nothingComesAfterwardsNotEvenWhatWasQueued() {
            Queue<Runnable> threads = new ArrayDeque<>();
            List<Integer> heard = new ArrayList<>();
            ListenerQueue<Integer> queue = queue(threads::add, heard::add, () -> {});
            queue.deliver(1);

            queue.close();
            queue.deliver(2);
            threads.forEach(Runnable::run);

            assertThat(heard).isEmpty();
            assertThat(queue.isClosed()).isTrue();
        }

        @Test
        void runsItsActionOnce() {
            AtomicInteger closed = new AtomicInteger();
            ListenerQueue<Integer> queue = queue(Runnable::run, event -> {}, closed::incrementAndGet);

            queue.close();
            queue.close();

            assertThat(closed).hasValue(1);
        }

        /** A call that runs when the close returns is allowed; a second one can only have begun afterwards. */
        @Test
        void noCallBeginsAfterItReturnedWhateverTheRace() throws Exception {
            for (int round = 0; round < 2_000; round++) {
                AtomicBoolean closed = new AtomicBoolean();
                AtomicInteger late = new AtomicInteger();
                ListenerQueue<Integer> queue = queue(event -> late.addAndGet(closed.get() ? 1 : 0));
                CountDownLatch go = new CountDownLatch(1);
                CompletableFuture<Void> sender = CompletableFuture.runAsync(
                        () -> {
                            awaitQuietly(go);
                            for (int i = 0; i < 20; i++) {
                                queue.deliver(i);
                            }
                        },
                        pool);

                go.countDown();
                queue.close();
                closed.set(true);

                sender.get(20, TimeUnit.SECONDS);
                assertThat(late).as("late calls in round %d", round).hasValueLessThanOrEqualTo(1);
            }
        }

        @Test
        void doesNotWaitForTheRunningCallAndNoneBeginsAfterwards() throws Exception {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch free = new CountDownLatch(1);
            CompletableFuture<Void> over = new CompletableFuture<>();
            List<Integer> heard = new CopyOnWriteArrayList<>();
            ListenerQueue<Integer> queue = queue(
                    task -> pool.execute(() -> {
                        task.run();
                        over.complete(null);
                    }),
                    event -> {
                        heard.add(event);
                        running.countDown();
                        awaitQuietly(free);
                    },
                    () -> {});
            queue.deliver(1);
            queue.deliver(2);
            running.await();

            queue.close();
            free.countDown();

            over.get(20, TimeUnit.SECONDS);
            assertThat(heard).containsExactly(1);
        }

        @Test
        void fromInsideTheListenerIsTheLastCall() throws Exception {
            List<Integer> heard = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> returned = new CompletableFuture<>();
            AtomicReference<ListenerQueue<Integer>> self = new AtomicReference<>();
            self.set(queue(event -> {
                heard.add(event);
                self.get().close();
                returned.complete(null);
            }));

            self.get().deliver(1);
            self.get().deliver(2);

            returned.get(20, TimeUnit.SECONDS);
            self.get().close();
            assertThat(heard).containsExactly(1);
        }

        @Test
        void twoListenersMayCloseEachOther() throws Exception {
            CountDownLatch bothRun = new CountDownLatch(2);
            CountDownLatch bothClosed = new CountDownLatch(2);
            List<ListenerQueue<Integer>> queues = new CopyOnWriteArrayList<>();
            Consumer<Integer> closingTheOther = other -> {
                bothRun.countDown();
                awaitQuietly(bothRun);
                queues.get(other).close();
                bothClosed.countDown();
            };
            queues.add(queue(closingTheOther));
            queues.add(queue(closingTheOther));

            queues.get(0).deliver(1);
            queues.get(1).deliver(0);

            assertThat(bothClosed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
