package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Delete;
import io.coordination.store.Txn.Op;
import io.coordination.store.Txn.Put;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of {@link LockFaultContract} share: a coordinator on a faulty store, one on a sound store, and an eye. */
abstract class LockFaultFixture {

    static final Duration SHORT_TTL = Duration.ofSeconds(2);

    /** So long that nothing which is gone soon ended with its lease. */
    static final LockOptions OPTIONS = LockOptions.ofTtl(Duration.ofSeconds(90));

    /** Within this everything happens that does not wait for a TTL. */
    static final Duration SOON = Duration.ofSeconds(15);

    final String name = "lock-" + UUID.randomUUID();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    FaultyStore faulty;
    Coordinator mine;
    Coordinator other;
    private Store eye;

    @SuppressWarnings("NullAway.Init") // set before each test
    LockFaultFixture() {}

    /** One more connection to the same store. */
    protected abstract Store open(TimeSource time);

    /** A coordinator on a store, which it closes with the time source when it is closed, in the {@link #namespace}. */
    protected abstract Coordinator coordinator(Store store, TimeSource time);

    /** The namespace of all coordinators. */
    protected abstract String namespace();

    @BeforeEach
    void connectAll() {
        eye = opened(open(time()));
        TimeSource time = time();
        faulty = FaultyStore.over(open(time), time, Duration.ofMillis(300));
        mine = opened(coordinator(faulty, time));
        other = another();
        // With a session each, a request is one transaction.
        release(take(mine));
        release(take(other));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.addFirst(resource);
        return resource;
    }

    /** Closed after everything that was opened later. */
    private TimeSource time() {
        return opened(TimeSource.system("lock-faults"));
    }

    /** One more coordinator on a sound store. */
    final Coordinator another() {
        TimeSource time = time();
        return opened(coordinator(open(time), time));
    }

    final LockHandle take(Coordinator coordinator) {
        return granted(ask(coordinator));
    }

    final CompletableFuture<LockHandle> ask(Coordinator coordinator) {
        return ask(coordinator, OPTIONS);
    }

    final CompletableFuture<LockHandle> ask(Coordinator coordinator, LockOptions options) {
        return coordinator.lock().acquireAsync(name, options);
    }

    static LockHandle granted(CompletableFuture<LockHandle> asked) {
        LockHandle handle = result(asked);
        assertThat(handle.isHeld()).isTrue();
        return handle;
    }

    static <T> T result(CompletableFuture<T> future) {
        return future.copy().orTimeout(SOON.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    static void release(LockHandle handle) {
        assertThat(handle.unlock()).isTrue();
    }

    /** The queue of the lock as it is stored, first come first. */
    final List<KeyValue> queue() {
        return eye.range(RangeQuery.prefix(prefix())).join().entries().stream()
                .sorted(Comparator.comparingLong(KeyValue::createRevision))
                .toList();
    }

    final void awaitQueueOf(int keys) {
        await().atMost(SOON).untilAsserted(() -> assertThat(queue()).hasSize(keys));
    }

    /** An operator's hand. */
    final void delete(KeyValue entry) {
        eye.txn(Txn.always(Op.delete(entry.key()))).join();
    }

    private String prefix() {
        return Keys.ofNamespace(namespace()).lockPrefix(name);
    }

    /** Joins the queue of the lock. */
    final boolean joins(Txn txn) {
        return puts(txn) && !deletes(txn);
    }

    /** Leaves the queue of the lock. */
    final boolean leaves(Txn txn) {
        return deletes(txn) && !puts(txn);
    }

    private boolean puts(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Put put && put.key().startsWith(prefix()));
    }

    private boolean deletes(Txn txn) {
        return txn.success().stream()
                .anyMatch(op ->
                        op instanceof Delete delete && delete.keys().from().startsWith(prefix()));
    }
}
