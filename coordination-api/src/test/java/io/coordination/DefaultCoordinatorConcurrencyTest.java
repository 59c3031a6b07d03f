package io.coordination;

import static io.coordination.DefaultCoordinatorHolderTest.assertCode;
import static io.coordination.HolderFixture.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads on one holder. The connector blocks at a gate, so that the interesting moment lasts as long as needed. */
@Timeout(30)
class DefaultCoordinatorConcurrencyTest {
    private static final int CALLERS = 16;

    private final HolderFixture fixture = new HolderFixture();
    private final DefaultCoordinatorHolder holder = fixture.holder;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stopThreads() throws InterruptedException {
        gate.countDown();
        threads.shutdownNow();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private FakeCoordinator afterTheGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationCancelledException("interrupted", e);
        }
        return new FakeCoordinator();
    }

    private List<Future<Coordinator>> callersAtTheGate() {
        List<Thread> started = new ArrayList<>();
        List<Future<Coordinator>> results = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            Callable<Coordinator> call = () -> {
                thread.complete(Thread.currentThread());
                return holder.coordinator();
            };
            results.add(threads.submit(call));
            started.add(thread.join());
        }
        await().until(() -> started.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
        return results;
    }

    @Test
    void manyCallersShareOneOpening() throws InterruptedException, ExecutionException {
        fixture.connector = options -> afterTheGate();
        List<Future<Coordinator>> callers = callersAtTheGate();
        gate.countDown();
        for (Future<Coordinator> caller : callers) {
            assertThat(caller.get()).isSameAs(callers.get(0).get());
        }
        assertThat(fixture.connected).hasSize(1);
    }

    @Test
    void manyCallersShareOneFailure() {
        fixture.connector = options -> {
            afterTheGate();
            throw CoordinationException.of(ErrorCode.TIMEOUT_ERROR, "nobody answers");
        };
        List<Future<Coordinator>> callers = callersAtTheGate();
        gate.countDown();
        for (Future<Coordinator> caller : callers) {
            ExecutionException failed = catchThrowableOfType(ExecutionException.class, caller::get);
            assertThat(failed.getCause())
                    .isInstanceOf(CoordinationTimeoutException.class)
                    .hasMessage("nobody answers");
        }
        assertThat(fixture.connected).hasSize(1);
    }

    @Test
    void whatOpensAfterACloseIsClosedAtOnce() {
        fixture.connector = options -> afterTheGate();
        List<Future<Coordinator>> callers = callersAtTheGate();
        holder.close();
        gate.countDown();
        for (Future<Coordinator> caller : callers) {
            ExecutionException failed = catchThrowableOfType(ExecutionException.class, caller::get);
            assertThat(failed.getCause()).isInstanceOf(CoordinationClosedException.class);
        }
        await().until(() ->
                fixture.opened.size() == 1 && fixture.opened.get(0).closes.get() == 1);
        assertThat(holder.coordinator().state()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(fixture.opened).hasSize(2);
    }

    @Test
    void anAbandonedOpeningDoesNotDisturbTheNext() {
        fixture.connector = options -> afterTheGate();
        List<Future<Coordinator>> callers = callersAtTheGate();
        holder.close();
        fixture.connector = options -> new FakeCoordinator();
        Coordinator next = holder.coordinator();
        gate.countDown();
        assertThat(catchThrowableOfType(
                        ExecutionException.class, () -> callers.get(0).get()))
                .hasCauseInstanceOf(CoordinationClosedException.class);
        await().until(() ->
                fixture.opened.size() == 2 && fixture.opened.get(1).closes.get() == 1);
        assertThat(holder.coordinator()).isSameAs(next);
        assertThat(next.state()).isEqualTo(ConnectionState.CONNECTED);
    }

    @Test
    void anAbandonedOpeningDoesNotTakeThePlaceOfOneUnderWay() throws InterruptedException, ExecutionException {
        CountDownLatch abandonedGate = new CountDownLatch(1);
        FakeCoordinator abandoned = new FakeCoordinator();
        fixture.connector = options -> {
            await().until(() -> abandonedGate.getCount() == 0);
            return abandoned;
        };
        Future<Coordinator> first = threads.submit(holder::coordinator);
        await().until(() -> fixture.connected.size() == 1);
        holder.close();
        fixture.connector = options -> afterTheGate();
        Future<Coordinator> second = threads.submit(holder::coordinator);
        await().until(() -> fixture.connected.size() == 2);
        abandonedGate.countDown();
        assertThat(catchThrowableOfType(ExecutionException.class, first::get))
                .hasCauseInstanceOf(CoordinationClosedException.class);
        gate.countDown();
        assertThat(second.get()).isNotSameAs(abandoned).isSameAs(holder.coordinator());
        await().until(() -> abandoned.closes.get() == 1);
    }

    @Test
    void configureAndInstallAreRefusedMeanwhile() {
        fixture.connector = options -> afterTheGate();
        callersAtTheGate();
        assertCode(ErrorCode.INVALID_STATE, () -> holder.configure(options("x")));
        assertCode(ErrorCode.INVALID_STATE, () -> holder.install(new FakeCoordinator()));
    }

    @Test
    void anInterruptedCallerLeavesWithItsFlagSetAndTheOthersGoOn() throws InterruptedException, ExecutionException {
        fixture.connector = options -> afterTheGate();
        List<Future<Coordinator>> callers = callersAtTheGate();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        AtomicReference<CoordinationException> thrown = new AtomicReference<>();
        Thread impatient = new Thread(() -> {
            thrown.set(catchThrowableOfType(CoordinationException.class, holder::coordinator));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        impatient.start();
        await().until(() -> impatient.getState() == Thread.State.WAITING);
        impatient.interrupt();
        assertThat(flag.get()).isTrue();
        assertThat(thrown.get().code()).isEqualTo(ErrorCode.CANCELLED);
        gate.countDown();
        assertThat(callers.get(0).get()).isSameAs(fixture.opened.get(0));
        impatient.join();
    }
}
