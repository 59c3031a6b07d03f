package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {

    private static final int THREADS = 8;
    private static final int TASKS_PER_THREAD = 20_000;

    private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Nested
    class UnderManyThreads {

        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger overlaps = new AtomicInteger();
        private final Map<Integer, Integer> last = new ConcurrentHashMap<>();
        private final AtomicInteger disorders = new AtomicInteger();
        private int done; // confined to the executor under test: a lost update is an overlap

        @Test
        void directExecutionRunsAllTasksOneAtATimeAndInTheOrderOfEachThread() {
            race(SerialExecutor.direct());
        }

        @Test
        void executionOnAPoolRunsAllTasksOneAtATimeAndInTheOrderOfEachThread() {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            race(new SerialExecutor(threads));
            threads.shutdownNow();
        }

        private void race(SerialExecutor serial) {
            CountDownLatch start = new CountDownLatch(1);
            for (int thread = 0; thread < THREADS; thread++) {
                int mine = thread;
                pool.execute(() -> {
                    awaitQuietly(start);
                    for (int task = 0; task < TASKS_PER_THREAD; task++) {
                        int number = task;
                        serial.execute(() -> step(mine, number));
                    }
                });
            }
            start.countDown();

            AtomicInteger seen = new AtomicInteger();
            await().until(() -> {
                serial.execute(() -> seen.set(done));
                return seen.get() == THREADS * TASKS_PER_THREAD;
            });
            assertThat(overlaps).hasValue(0);
            assertThat(disorders).hasValue(0);
        }

        private void step(int thread, int number) {
            overlaps.addAndGet(inside.getAndIncrement());
            Integer before = last.put(thread, number);
            disorders.addAndGet(number == (before == null ? 0 : before + 1) ? 0 : 1);
            done++;
            inside.getAndDecrement();
        }
    }

    @Nested
    class Order {

        @Test
        void aTaskBroughtByATaskRunsAfterIt() {
            SerialExecutor serial = SerialExecutor.direct();
            List<String> order = new ArrayList<>();

            serial.execute(() -> {
                serial.execute(() -> order.add("second"));
                order.add("first");
            });

            assertThat(order).containsExactly("first", "second");
        }

        @Test
        void directExecutionIsOverWhenNobodyElseIsAtIt() {
            AtomicBoolean ran = new AtomicBoolean();

            SerialExecutor.direct().execute(() -> ran.set(true));

            assertThat(ran).isTrue();
        }

        @Test
        void tasksRunOnTheThreadsOfTheExecutor() {
            List<Runnable> threads = new ArrayList<>();
            SerialExecutor serial = new SerialExecutor(threads::add);
            List<String> order = new ArrayList<>();

            serial.execute(() -> order.add("first"));
            serial.execute(() -> order.add("second"));

            assertThat(order).isEmpty();
            assertThat(threads).hasSize(1);
            threads.get(0).run();
            assertThat(order).containsExactly("first", "second");
        }
    }

    @Nested
    class Failures {

        @Test
        void aTaskThatThrowsDoesNotStopTheNext() {
            SerialExecutor serial = SerialExecutor.direct();
            List<String> order = new ArrayList<>();

            serial.execute(() -> {
                serial.execute(() -> {
                    throw new AssertionError("an error on purpose");
                });
                serial.execute(() -> order.add("after an error"));
                throw new IllegalStateException("a failure on purpose");
            });
            serial.execute(() -> order.add("later"));

            assertThat(order).containsExactly("after an error", "later");
        }

        @Test
        void anExecutorThatRefusesDropsTheTaskAndMayAcceptTheNext() {
            AtomicBoolean refuses = new AtomicBoolean(true);
            Executor moody = task -> {
                if (refuses.get()) {
                    throw new RejectedExecutionException("refused on purpose");
                }
                task.run();
            };
            SerialExecutor serial = new SerialExecutor(moody);
            List<String> order = new ArrayList<>();

            serial.execute(() -> order.add("refused"));
            refuses.set(false);
            serial.execute(() -> order.add("accepted"));

            assertThat(order).containsExactly("accepted");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
