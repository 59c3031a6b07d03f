package io.coordination.etcd;

import static io.coordination.etcd.Scripted.fail;
import static io.coordination.etcd.Scripted.hang;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class CloseUnderLoadTest extends StoreOnFake {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static Txn put(Delivery delivery) {
        return Txn.always(Op.put("/k", Bytes.utf8("v"), 0)).delivered(delivery);
    }

    private static Set<String> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("coordination-etcd-"))
                .collect(Collectors.toSet());
    }

    @Test
    void fiveHundredCallsInFlightAndWaitingEndAtOnce() {
        etcd.txn.script(hang());
        Store store = open(options -> options.maxCallsInFlight(200).requestTimeout(LONG));
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            calls.add(store.txn(put(i % 2 == 0 ? Delivery.ONCE : Delivery.REPEATABLE)));
        }
        await().until(() -> etcd.txn.calls() == 200);
        long began = System.nanoTime();

        store.close();

        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(2));
        List<CoordinationException> failures =
                calls.stream().map(StoreOnFake::failure).toList();
        assertThat(failures).extracting(CoordinationException::code).containsOnly(ErrorCode.CLOSED);
        assertThat(failures.subList(0, 200)).as("those that were sent").allMatch(CoordinationException::outcomeUnknown);
        assertThat(failures.subList(200, 500)).as("those that waited").noneMatch(CoordinationException::outcomeUnknown);
        assertThat(ourThreads()).isEmpty();
        assertThat(etcd.txn.calls()).isEqualTo(200);
    }

    @Test
    void callsThatAreMadeMeanwhileAndAfterwardsAreRefused() throws InterruptedException {
        Store store = open(options -> options.maxCallsInFlight(4).requestTimeout(LONG));
        List<CompletableFuture<?>> calls = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        // Far more than may be in flight, and fewer than the store lets wait.
        Semaphore open = new Semaphore(10_000);
        Thread caller = new Thread(() -> {
            while (!stop.get()) {
                open.acquireUninterruptibly();
                calls.add(store.range(RangeQuery.key("/k"))
                        .whenComplete((found, failure) -> open.release())
                        .exceptionally(failure -> {
                            assertThat(failure).hasCauseInstanceOf(CoordinationException.class);
                            assertThat(((CoordinationException) failure.getCause()).code())
                                    .isEqualTo(ErrorCode.CLOSED);
                            return null;
                        }));
            }
        });
        caller.start();
        await().until(() -> etcd.range.calls() > 100);

        store.close();
        stop.set(true);
        caller.join();

        calls.forEach(StoreOnFake::get);
        CoordinationException refusal = failure(store.txn(put(Delivery.REPEATABLE)));
        assertThat(refusal.code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(refusal.outcomeUnknown()).isFalse();
        assertThat(refusal).hasMessageContaining("was refused");
    }

    @Test
    void aCallThatWasRefusedAndWaitsToBeRepeatedWasNotApplied() {
        etcd.txn.script(fail(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests")));
        Store store = openWithPauses();
        CompletableFuture<?> call = store.txn(put(Delivery.ONCE));
        await().until(() -> etcd.txn.calls() == 1);
        await().during(Duration.ofMillis(100)).until(() -> !call.isDone());

        store.close();

        assertThat(failure(call).outcomeUnknown()).isFalse();
    }

    @Test
    void aCallWhoseAnswerWasLostAndWaitsToBeRepeatedMayHaveBeenApplied() {
        etcd.txn.script(fail(Status.UNAVAILABLE));
        Store store = openWithPauses();
        CompletableFuture<?> call = store.txn(put(Delivery.REPEATABLE));
        await().until(() -> etcd.txn.calls() == 1);
        await().during(Duration.ofMillis(100)).until(() -> !call.isDone());

        store.close();

        assertThat(failure(call).outcomeUnknown()).isTrue();
    }

    private Store openWithPauses() {
        RetryConfig slow = RetryConfig.builder()
                .initialDelay(Duration.ofSeconds(50))
                .maxDelay(Duration.ofSeconds(50))
                .jitter(0)
                .build();
        return open(options -> options.retry(slow).requestTimeout(LONG));
    }

    @Test
    void aCallThatNeverHadAConnectionWasNotApplied() {
        Store store = openWithPauses();
        etcd.close();
        CompletableFuture<?> call = store.txn(put(Delivery.ONCE));

        store.close();

        assertThat(failure(call).code()).isEqualTo(ErrorCode.CLOSED);
        assertThat(failure(call).outcomeUnknown()).isFalse();
    }
}
