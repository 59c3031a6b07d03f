package io.coordination;

import static io.coordination.DefaultCoordinatorHolderTest.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DefaultCoordinatorShutdownTest {
    private final HolderFixture fixture = new HolderFixture();
    private final DefaultCoordinatorHolder holder = fixture.holder;

    private void shutDown() {
        fixture.hooks.forEach(Runnable::run);
    }

    @Test
    void theFirstOpeningAddsTheOnlyHook() {
        holder.coordinator();
        holder.close();
        holder.coordinator();
        assertThat(fixture.hooks).hasSize(1);
    }

    @Test
    void theHookClosesWhatTheFacadeOpened() {
        holder.coordinator();
        shutDown();
        assertThat(fixture.opened.get(0).closes).hasValue(1);
    }

    @Test
    void afterTheHookNothingIsOpenedAnyMore() {
        holder.coordinator();
        shutDown();
        assertCode(ErrorCode.CLOSED, holder::coordinator);
        holder.configure(CoordinatorOptions.defaults());
        assertCode(ErrorCode.CLOSED, holder::coordinator);
        assertThat(fixture.connected).hasSize(1);
    }

    @Test
    void theHookLeavesAnInstalledCoordinatorAlone() {
        holder.coordinator();
        holder.close();
        FakeCoordinator mine = new FakeCoordinator();
        holder.install(mine);
        shutDown();
        assertThat(mine.closes).hasValue(0);
        assertThat(holder.coordinator()).isSameAs(mine);
    }

    @Test
    void theHookDoesNotWaitLongForASlowClose() {
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Boolean> daemon = new CompletableFuture<>();
        fixture.connector = options -> new FakeCoordinator(() -> {
            daemon.complete(Thread.currentThread().isDaemon());
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        holder.coordinator();
        long start = System.nanoTime();
        shutDown();
        assertThat(System.nanoTime() - start)
                .isBetween(TimeUnit.MILLISECONDS.toNanos(50), TimeUnit.SECONDS.toNanos(20));
        assertThat(daemon.join()).isTrue();
        never.countDown();
    }

    @Test
    void nothingIsOpenedWhenTheJvmShutsDownAlready() {
        fixture.jvmShutsDown = true;
        assertCode(ErrorCode.CLOSED, holder::coordinator);
        assertCode(ErrorCode.CLOSED, holder::coordinator);
        assertThat(fixture.connected).isEmpty();
    }

    @Test
    void whatOpensDuringTheShutdownIsClosedAtOnce() {
        fixture.connector = options -> {
            shutDown();
            return new FakeCoordinator();
        };
        assertCode(ErrorCode.CLOSED, holder::coordinator);
        assertThat(fixture.opened.get(0).closes).hasValue(1);
    }
}
