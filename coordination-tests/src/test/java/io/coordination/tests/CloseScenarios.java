package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordination;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A coordinator that is closed while everything in it is in use. */
@Timeout(120)
abstract class CloseScenarios extends FaultedCoordinators {

    private static final Duration TTL = Duration.ofSeconds(60);
    private static final int WORKERS = 8;

    private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();

    private static Set<Thread> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("coordination-"))
                .collect(Collectors.toSet());
    }

    private String keys(String folder) {
        return etcd().etcdctl("get", "--prefix", "/" + namespace + "/" + folder, "--keys-only")
                .strip();
    }

    /** Works until the coordinator is closed, which is the only thing that may happen to it. */
    private void work(Coordinator coordinator, int worker) {
        try {
            for (int i = 0; ; i++) {
                try (LockHandle held = coordinator.lock().acquire("l" + worker % 3, TTL)) {
                    coordinator.config().set("k" + worker, i + " under " + held.fencingToken());
                }
                futures.add(coordinator.config().getAsync("k" + worker, String.class));
            }
        } catch (CoordinationException e) {
            if (e.code() != ErrorCode.CLOSED) {
                surprises.add(e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<CompletableFuture<?>> keepBusy(Coordinator coordinator, ExecutorService threads)
            throws InterruptedException {
        LockHandle held = coordinator.lock().acquire("held", TTL);
        assertThat(held.isHeld()).isTrue();
        coordinator.registry().register(service("s", TTL));
        coordinator.config().watch("k1", String.class, event -> {});
        for (int i = 0; i < 20; i++) {
            futures.add(coordinator
                    .lock()
                    .acquireAsync("held", LockOptions.builder().ttl(TTL).build()));
        }
        List<CompletableFuture<?>> workers = new ArrayList<>();
        IntStream.range(0, WORKERS)
                .forEach(worker -> workers.add(CompletableFuture.runAsync(() -> work(coordinator, worker), threads)));
        await().atMost(Duration.ofSeconds(20)).until(() -> futures.size() > 100);
        return workers;
    }

    @Test
    void underLoadEverythingEndsAndNothingIsLeft() throws InterruptedException {
        Set<Thread> before = ourThreads();
        Coordinator coordinator = Coordination.connect(options().build());
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try {
            List<CompletableFuture<?>> workers = keepBusy(coordinator, threads);
            List<String> leases = keys("sessions/")
                    .lines()
                    .map(key -> key.substring(key.lastIndexOf('/') + 1))
                    .filter(lease -> !lease.isBlank())
                    .toList();
            assertThat(leases).hasSizeGreaterThanOrEqualTo(2);
            long began = System.nanoTime();

            coordinator.close();

            assertThat(since(began)).isLessThan(Duration.ofSeconds(6));
            workers.forEach(worker -> worker.orTimeout(5, TimeUnit.SECONDS).join());
            assertThat(surprises).isEmpty();
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(futures).allMatch(CompletableFuture::isDone));
            assertThat(keys("locks/")).isEmpty();
            assertThat(keys("services/")).isEmpty();
            assertThat(keys("sessions/")).isEmpty();
            String left = etcd().etcdctl("lease", "list");
            assertThat(leases).noneMatch(lease -> left.contains(lease.replaceFirst("^0+", "")));
        } finally {
            threads.shutdownNow();
            coordinator.close();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ourThreads()).isSubsetOf(before));
    }

    /** Nobody answers any more: the close gives up in time, and so does everybody else. */
    @Test
    void underLoadWithoutAnAnswerEverythingEndsInTime() throws InterruptedException {
        Set<Thread> before = ourThreads();
        FaultProxy proxy = proxy();
        Coordinator coordinator =
                Coordination.connect(options().endpoints(proxy.uri().toString()).build());
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try {
            List<CompletableFuture<?>> workers = keepBusy(coordinator, threads);
            proxy.halfOpen();
            long began = System.nanoTime();

            coordinator.close();

            assertThat(since(began)).isLessThan(Duration.ofSeconds(8));
            workers.forEach(worker -> worker.handle((done, failure) -> true)
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join());
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(futures).allMatch(CompletableFuture::isDone));
        } finally {
            threads.shutdownNow();
            coordinator.close();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ourThreads()).isSubsetOf(before));
    }
}
