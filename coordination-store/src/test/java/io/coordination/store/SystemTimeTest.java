package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemTimeTest {

    private final TimeSource time = TimeSource.system("test");

    @AfterEach
    void stop() {
        time.close();
    }

    @Test
    void tasksRunInTheOrderOfTheirTimesOnOneNamedDaemonThread() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        CompletableFuture<Thread> thread = new CompletableFuture<>();

        time.schedule(Duration.ofMillis(60), () -> thread.complete(Thread.currentThread()));
        time.schedule(Duration.ofMillis(30), () -> order.add("later"));
        time.schedule(Duration.ofMillis(-5), () -> order.add("at once"));
        time.schedule(Duration.ZERO, () -> order.add("then"));

        assertThat(get(thread).getName()).isEqualTo("coordination-test-timer");
        assertThat(get(thread).isDaemon()).isTrue();
        assertThat(order).containsExactly("at once", "then", "later");
    }

    @Test
    void aTaskWithoutDelayDoesNotRunInTheCallersStack() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();

        time.schedule(Duration.ZERO, () -> thread.complete(Thread.currentThread()));

        assertThat(get(thread)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void aTaskIsNotRunBeforeItsTime() throws Exception {
        long start = time.nanoTime();
        CompletableFuture<Long> ran = new CompletableFuture<>();

        time.schedule(Duration.ofMillis(40), () -> ran.complete(time.nanoTime()));

        assertThat(get(ran) - start)
                .isGreaterThanOrEqualTo(Duration.ofMillis(40).toNanos());
    }

    @Test
    void aCancelledTaskDoesNotRun() throws Exception {
        List<String> ran = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        CompletableFuture<Void> after = new CompletableFuture<>();
        // The one timer thread is busy until the task is cancelled, however slow this thread is.
        time.schedule(Duration.ZERO, cancelled::join);
        TimeSource.Timer timer = time.schedule(Duration.ZERO, () -> ran.add("cancelled"));

        timer.cancel();
        timer.cancel();
        cancelled.complete(null);
        time.schedule(Duration.ZERO, () -> after.complete(null));

        get(after);
        assertThat(ran).isEmpty();
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheNext() throws Exception {
        CompletableFuture<Void> after = new CompletableFuture<>();

        time.schedule(Duration.ZERO, () -> {
            throw new IllegalStateException("a failure on purpose");
        });
        time.schedule(Duration.ofMillis(1), () -> after.complete(null));

        get(after);
    }

    @Test
    void theCloseDropsAllTasksAndTakesNoNewOnes() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        List<String> ran = new CopyOnWriteArrayList<>();
        time.schedule(Duration.ZERO, () -> thread.complete(Thread.currentThread()));
        Thread timer = get(thread);
        time.schedule(Duration.ofMillis(30), () -> ran.add("scheduled before"));

        time.close();
        time.close();
        TimeSource.Timer late = time.schedule(Duration.ZERO, () -> ran.add("scheduled afterwards"));
        late.cancel();

        timer.join(20_000);
        assertThat(timer.isAlive()).isFalse();
        assertThat(ran).isEmpty();
    }

    @Test
    void theClocksAreThoseOfTheMachine() {
        long before = System.nanoTime();
        assertThat(time.nanoTime() - before).isNotNegative();
        assertThat(time.now()).isBetween(Instant.now().minusSeconds(5), Instant.now());
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }
}
