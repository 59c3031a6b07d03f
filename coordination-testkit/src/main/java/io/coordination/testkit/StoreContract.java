package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import io.coordination.testkit.RecordedWatch.Seen;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The rules that every engine keeps, as tests: each nested class has the number of its rule in the package comment of {@code
 * io.coordination.store}.
 *
 * <p>A subclass says how to {@link #open()} a connection and how to {@link #compact} the database. It overrides {@link
 * #pass} when its leases run on a clock that a test moves, and {@link #breakConnections} when it has connections that can
 * break.
 *
 * <p>Every test works on keys and leases of its own, so one database serves all of them, and what they leave behind does
 * not matter. They run one after the other, because a compaction is for everybody. The database must have nobody else who
 * compacts it.
 */
@Timeout(120)
public abstract class StoreContract extends WatchRules {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /** For subclasses. */
    protected StoreContract() {}

    @Nested
    @DisplayName("Rule 13: every call ends")
    class Rule13EveryCallEnds {

        @Test
        void afterCloseEveryCallFailsWithClosed() {
            long lease = grant(LONG);
            store.close();
            store.close();

            Stream.of(
                            store.range(RangeQuery.key(key("key"))),
                            store.txn(Txn.always(Op.put(key("key"), text("1"), 0))),
                            store.grant(newLeaseId(), LONG),
                            store.renewOnce(lease, ANSWER),
                            store.revoke(lease),
                            store.leaseKeys(lease))
                    .forEach(call -> assertRefused(call, ErrorCode.CLOSED));
        }

        @Test
        void closingEndsTheCallsThatAreUnderWay() {
            List<? extends CompletableFuture<?>> calls = IntStream.range(0, 200)
                    .mapToObj(i -> i % 2 == 0
                            ? store.range(RangeQuery.of(allKeys()))
                            : store.txn(Txn.always(Op.put(key("" + i), text("1"), 0))))
                    .toList();

            store.close();

            for (CompletableFuture<?> call : calls) {
                assertThat(endsWithin(call, Duration.ofSeconds(10))).isTrue();
                if (call.isCompletedExceptionally()) {
                    assertThat(failureOf(call).code()).isEqualTo(ErrorCode.CLOSED);
                }
            }
        }

        @Test
        void closingStopsTheWatches() {
            Store other = openAnother();
            RecordedWatch stopped = watch(other, allKeys(), 0);
            stopped.awaitOpened();
            RecordedWatch going = watch(allKeys(), 0);
            going.awaitOpened();

            other.close();
            long after = put("key", "1");

            going.awaitRevision(after);
            assertThat(stopped.watch().isClosed()).isTrue();
            assertThat(stopped.seen()).isEmpty();
        }
    }

    @Nested
    @DisplayName("Rule 14: honest failures")
    class Rule14HonestFailures {

        @Test
        void whatTheServerRefusedSurelyDidNothing() {
            Txn deadLease = Txn.always(Op.put(key("key"), text("1"), newLeaseId()));
            Txn twice = Txn.always(Op.put(key("key"), text("1"), 0), Op.put(key("key"), text("2"), 0));

            assertRefused(store.txn(deadLease), ErrorCode.NOT_FOUND);
            assertRefused(store.txn(twice), ErrorCode.VALIDATION_ERROR);

            assertThat(read("key")).isEmpty();
        }

        @Test
        void whatIsSentOnceIsAppliedAtMostOnceOverBrokenConnections() {
            int sure = 0;
            int unsure = 0;
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<TxnResult>> puts = IntStream.range(0, 50)
                        .mapToObj(i -> store.txn(Txn.always(Op.put(key("count"), text("x"), 0))))
                        .toList();
                breakConnections();
                for (CompletableFuture<TxnResult> put : puts) {
                    endsWithin(put, PATIENCE);
                    sure += put.isCompletedExceptionally() ? 0 : 1;
                    unsure += put.isCompletedExceptionally() && failureOf(put).outcomeUnknown() ? 1 : 0;
                }
            }

            // Over a connection of its own: the one that was cut may still be shy of the database.
            long applied = get(openAnother().range(RangeQuery.key(key("count"))))
                    .first()
                    .map(KeyValue::version)
                    .orElse(0L);
            assertThat(applied).isBetween((long) sure, (long) sure + unsure);
        }
    }

    @Nested
    @DisplayName("Rule 15: cancellation")
    class Rule15Cancellation {

        @Test
        void aClosedWatchDeliversNothingMore() {
            RecordedWatch closed = watch(allKeys(), 0);
            RecordedWatch going = watch(allKeys(), 0);
            closed.awaitOpened();
            going.awaitOpened();
            long before = put("key", "1");
            closed.awaitRevision(before);

            closed.watch().close();
            closed.watch().close();
            long after = put("key", "2");

            going.awaitRevision(after);
            assertThat(Seen.revisions(closed.seen())).containsExactly(before);
            assertThat(closed.watch().isClosed()).isTrue();
            assertThat(going.watch().isClosed()).isFalse();
        }

        @Test
        void aListenerMayCloseItsOwnWatch() {
            RecordedWatch going = watch(allKeys(), 0);
            ClosingListener once = new ClosingListener();
            once.watch.complete(store.watch(allKeys(), 0, once));
            going.awaitOpened();
            once.opened.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();

            put("key", "1");
            passUntil(PATIENCE, () -> once.calls.get() == 1);
            going.awaitRevision(put("key", "2"));

            assertThat(once.calls).hasValue(1);
        }

        @Test
        void aCancelledCallLeavesTheConnectionAsItWas() {
            IntStream.range(0, 50)
                    .mapToObj(i -> store.txn(Txn.always(Op.put(key("cancelled"), text("1"), 0))))
                    .forEach(call -> call.cancel(true));

            put("key", "1");

            assertThat(existing("key").value()).isEqualTo(text("1"));
        }

        @Test
        void aListenerThatThrowsHearsTheNextRevision() {
            AtomicInteger calls = new AtomicInteger();
            CompletableFuture<Long> opened = new CompletableFuture<>();
            Watch throwing = store.watch(allKeys(), 0, new WatchListener() {
                @Override
                public void onOpened(long revision) {
                    opened.complete(revision);
                }

                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    calls.incrementAndGet();
                    throw CoordinationException.of(ErrorCode.INTERNAL_ERROR, "a listener that fails, as a test wants");
                }

                @Override
                public void onHistoryLost(long firstRevision) {
                    calls.set(-1000);
                }
            });
            get(opened);
            put("key", "1");
            put("key", "2");

            passUntil(PATIENCE, () -> calls.get() == 2);
            throwing.close();
        }
    }

    private static final class ClosingListener implements WatchListener {

        private final CompletableFuture<Watch> watch = new CompletableFuture<>();
        private final AtomicInteger calls = new AtomicInteger();
        private final CompletableFuture<Long> opened = new CompletableFuture<>();

        @Override
        public void onOpened(long revision) {
            opened.complete(revision);
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            calls.incrementAndGet();
            watch.join().close();
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            calls.incrementAndGet();
        }
    }
}
