package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the rules of {@link StoreContract} have in common: a store, keys of their own, and short words for calls. */
abstract class StoreFixture {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private String prefix = "";

    /** The connection most tests use; opened anew for each test. */
    Store store;

    @SuppressWarnings("NullAway.Init")
    StoreFixture() {}

    /** Opens a connection to the one database that this suite works on; the suite closes it. */
    protected abstract Store open();

    /**
     * Compacts the history of the database, and returns when that is done.
     *
     * @param revision the oldest revision that stays
     */
    protected abstract void compact(long revision);

    /** Lets time pass for the leases of the database. Really waits unless overridden. */
    protected void pass(Duration duration) {
        Awaitility.await()
                .pollDelay(duration)
                .pollInterval(Duration.ofMillis(10))
                .atMost(duration.plus(PATIENCE))
                .until(() -> true);
    }

    /** Breaks every connection that is open and lets them recover. Does nothing unless overridden. */
    protected void breakConnections() {}

    @BeforeEach
    void openStore() {
        prefix = "/contract/" + UUID.randomUUID() + "/";
        store = openAnother();
    }

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        opened.clear();
    }

    final Store openAnother() {
        Store another = open();
        opened.add(another);
        return another;
    }

    final String key(String name) {
        return prefix + name;
    }

    final KeyRange allKeys() {
        return KeyRange.prefix(prefix);
    }

    static Bytes text(String text) {
        return Bytes.utf8(text);
    }

    static long newLeaseId() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    final TxnResult txn(Op... operations) {
        return get(store.txn(Txn.always(operations)));
    }

    /** Puts a key and answers its revision. */
    final long put(String name, String value) {
        return txn(Op.put(key(name), text(value), 0)).revision();
    }

    /** Puts a key although connections break: again after each failure, whatever became of the one before. */
    final void putStubbornly(String name) {
        Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
            CompletableFuture<TxnResult> attempt = store.txn(Txn.always(Op.put(key(name), text("again"), 0)));
            return endsWithin(attempt, PATIENCE) && !attempt.isCompletedExceptionally();
        });
    }

    final long putLeased(String name, long lease) {
        return txn(Op.put(key(name), text("leased"), lease)).revision();
    }

    /** Deletes a key and answers the revision. */
    final long delete(String name) {
        return txn(Op.delete(key(name))).revision();
    }

    final Optional<KeyValue> read(String name) {
        return get(store.range(RangeQuery.key(key(name)))).first();
    }

    final KeyValue existing(String name) {
        return read(name).orElseThrow();
    }

    final RangeResult range(RangeQuery query) {
        return get(store.range(query));
    }

    /** The names of all keys of this test, in the order of the store. */
    final List<String> names() {
        return names(range(RangeQuery.of(allKeys())));
    }

    final List<String> names(RangeResult result) {
        return result.entries().stream()
                .map(entry -> entry.key().substring(prefix.length()))
                .toList();
    }

    final long grant(Duration ttl) {
        long lease = newLeaseId();
        assertThat(get(store.grant(lease, ttl))).isGreaterThanOrEqualTo(ttl);
        return lease;
    }

    final RecordedWatch watch(KeyRange keys, long fromRevision) {
        return watch(store, keys, fromRevision);
    }

    final RecordedWatch watch(Store on, KeyRange keys, long fromRevision) {
        RecordedWatch recorded = new RecordedWatch();
        Watch watch = on.watch(keys, fromRevision, recorded);
        recorded.attach(watch);
        opened.add(watch);
        return recorded;
    }

    /** Lets time pass until something holds. */
    final void passUntil(Duration atMost, BooleanSupplier condition) {
        Duration step = Duration.ofMillis(200);
        for (Duration passed = Duration.ZERO; passed.compareTo(atMost) < 0; passed = passed.plus(step)) {
            if (condition.getAsBoolean()) {
                return;
            }
            pass(step);
        }
        assertThat(condition.getAsBoolean()).as("within " + atMost).isTrue();
    }

    static <T> T get(CompletableFuture<T> future) {
        Throwable failure = catchThrowable(() -> future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        if (failure == null) {
            return future.join();
        }
        if (failure.getCause() instanceof CoordinationException refused) {
            throw refused;
        }
        throw new AssertionError("a call did not end in a value or a CoordinationException", failure);
    }

    static CoordinationException failureOf(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(() -> get(future));
        assertThat(failure).as("failure of the call").isInstanceOf(CoordinationException.class);
        return (CoordinationException) failure;
    }

    /** The call was refused for a reason, and it is certain that it did nothing. */
    static void assertRefused(CompletableFuture<?> future, ErrorCode code) {
        CoordinationException failure = failureOf(future);
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.outcomeUnknown()).as("outcome unknown").isFalse();
    }

    static boolean endsWithin(CompletableFuture<?> future, Duration timeout) {
        Throwable failure = catchThrowable(() -> future.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        return !(failure instanceof TimeoutException);
    }
}
