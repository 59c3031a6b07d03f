package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.keys;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static io.coordination.memory.StoreCalls.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryStoreTest {

    private final ManualTime time = new ManualTime();
    private final String name = "test-" + UUID.randomUUID();

    @Nested
    class Names {

        @Test
        void storesOfOneNameShareTheirData() {
            try (Store first = MemoryStore.named(name, time);
                    Store second = MemoryStore.named(name, time)) {
                put(first, "/a", "1");

                assertThat(value(second, "/a")).contains("1");
            }
        }

        @Test
        void storesOfTwoNamesShareNothing() {
            try (Store first = MemoryStore.named(name, time);
                    Store second = MemoryStore.named(name + "2", time)) {
                put(first, "/a", "1");

                assertThat(value(second, "/a")).isEmpty();
                assertThat(clusterId(first)).isNotEqualTo(clusterId(second));
            }
        }

        @Test
        void storesWithoutANameShareNothing() {
            try (Store first = MemoryStore.create(time);
                    Store second = MemoryStore.create(time)) {
                put(first, "/a", "1");

                assertThat(value(second, "/a")).isEmpty();
            }
        }

        @Test
        void closingOneConnectionLeavesTheOthersTheirData() {
            Store first = MemoryStore.named(name, time);
            try (Store second = MemoryStore.named(name, time)) {
                put(first, "/a", "1");
                first.close();
                first.close();

                assertThat(value(second, "/a")).contains("1");
                try (Store third = MemoryStore.named(name, time)) {
                    assertThat(value(third, "/a")).contains("1");
                }
            }
        }

        @Test
        void theLastCloseDropsTheData() {
            Store first = MemoryStore.named(name, time);
            Store second = MemoryStore.named(name, time);
            put(first, "/a", "1");
            long before = clusterId(first);
            first.close();
            second.close();

            try (Store again = MemoryStore.named(name, time)) {
                assertThat(value(again, "/a")).isEmpty();
                assertThat(clusterId(again)).isNotEqualTo(before);
            }
        }

        @Test
        void aConnectionMadeFromAnotherCountsAsOne() {
            MemoryStore first = MemoryStore.named(name, time);
            try (Store second = first.connect()) {
                put(first, "/a", "1");
                first.close();

                assertThat(value(second, "/a")).contains("1");
                try (Store third = MemoryStore.named(name, time)) {
                    assertThat(value(third, "/a")).contains("1");
                }
            }
        }

        @Test
        void connectionsThatComeAndGoAtOnceNeverSplitTheData() {
            try (Store keeper = MemoryStore.named(name, time)) {
                List<CompletableFuture<Void>> threads = IntStream.range(0, 4)
                        .mapToObj(thread -> CompletableFuture.runAsync(() -> IntStream.range(0, 200)
                                .forEach(i -> {
                                    try (Store store = MemoryStore.named(name, time)) {
                                        put(store, "/" + thread + "/" + i, "1");
                                    }
                                })))
                        .toList();
                threads.forEach(CompletableFuture::join);

                assertThat(keys(keeper, "/")).hasSize(800);
            }
        }

        private long clusterId(Store store) {
            return now(store.range(RangeQuery.key("/a"))).clusterId();
        }
    }

    @Nested
    class Closed {

        @Test
        void aClosedStoreOpensNoWatchAndNoConnection() {
            MemoryStore store = MemoryStore.create(time);
            store.close();

            assertThatThrownBy(() -> store.watch(KeyRange.prefix("/"), 0, new StoreCalls.Lines(new ArrayList<>())))
                    .isInstanceOf(CoordinationClosedException.class);
            assertThatThrownBy(store::connect).isInstanceOf(CoordinationClosedException.class);
        }

        @Test
        void aClosedStoreSaysHowToGoOn() {
            Store store = MemoryStore.create(time);
            store.close();

            assertThat(failure(store.range(RangeQuery.key("/a"))))
                    .isInstanceOf(CoordinationClosedException.class)
                    .hasMessageContaining("open another one");
        }
    }

    @Nested
    class Refusals {

        private final MemoryStore store = MemoryStore.create(time);

        @Test
        void anEmptyKeyIsRefusedEverywhere() {
            assertInvalid(store.txn(Txn.always(Op.delete(new KeyRange("", "b")))), "key is empty");
            assertInvalid(store.txn(StoreCalls.putting("", "1")), "key is empty");
            assertInvalid(store.range(RangeQuery.of(new KeyRange("", "b"))), "key is empty");
            assertInvalid(store.txn(Txn.when(Txn.Compare.absent(""))), "key is empty");
        }

        @Test
        void aRevisionInTheFutureCannotBeReadOrCompacted() {
            long newest = put(store, "/a", "1");

            assertThat(failure(store.range(RangeQuery.key("/a").atRevision(newest + 1))))
                    .hasMessageContaining("the newest is " + newest);
            assertThatThrownBy(() -> store.compact(newest + 1))
                    .isInstanceOf(CoordinationException.class)
                    .hasMessageContaining("lies in the future");
        }

        @Test
        void whatWasCompactedCanBeCompactedAgain() {
            put(store, "/a", "1");
            long oldest = put(store, "/a", "2");

            store.compact(oldest);
            store.compact(oldest);
            store.compact(1);

            assertThat(failure(store.range(RangeQuery.key("/a").atRevision(oldest - 1))))
                    .hasMessageContaining("the oldest that can be read is " + oldest);
        }

        @Test
        void aLeaseNeedsAPositiveIdAndAPossibleTtl() {
            assertInvalid(store.grant(0, Duration.ofSeconds(10)), "lease id 0 is not positive");
            assertInvalid(store.grant(-1, Duration.ofSeconds(10)), "lease id -1 is not positive");
            assertInvalid(store.grant(1, Duration.ofDays(365_000)), "is too long");
        }

        @Test
        void aPutCannotNameALeaseAndKeepThePresentOne() {
            assertInvalid(store.txn(Txn.always(new Txn.Put("/a", Bytes.EMPTY, 7, true))), "choose one");
        }

        @Test
        void tooManyComparesAreRefused() {
            Txn.Compare[] compares = IntStream.range(0, 129)
                    .mapToObj(i -> Txn.Compare.absent("/" + i))
                    .toArray(Txn.Compare[]::new);

            assertInvalid(store.txn(Txn.when(compares)), "129 compares");
        }

        @Test
        void aRefusedTransactionTellsNobody() {
            List<String> lines = StoreCalls.follow(store, 0);

            failure(store.txn(Txn.always(Op.put("/a", Bytes.EMPTY, 0), Op.put("/b", Bytes.EMPTY, 99))));

            assertThat(lines).containsExactly("opened 1");
        }

        private void assertInvalid(CompletableFuture<?> call, String part) {
            CoordinationException failure = failure(call);
            assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(failure).hasMessageContaining(part);
        }
    }

    @Nested
    class Size {

        @Test
        void tenThousandKeysAreReadAtAnyRevision() {
            MemoryStore store = MemoryStore.create(time);
            IntStream.range(0, 10_000).forEach(i -> put(store, "/%05d".formatted(i), "old"));
            long full = now(store.range(RangeQuery.prefix("/").withCountOnly())).revision();
            IntStream.range(0, 5_000).forEach(i -> now(store.txn(Txn.always(Op.delete("/%05d".formatted(i))))));

            assertThat(now(store.range(RangeQuery.prefix("/").withCountOnly())).count())
                    .isEqualTo(5_000);
            assertThat(now(store.range(RangeQuery.prefix("/").atRevision(full))).entries())
                    .hasSize(10_000);
            assertThat(now(store.range(RangeQuery.prefix("/").atRevision(full - 9_999)))
                            .entries())
                    .hasSize(1);
        }

        @Test
        void theHistoryCompactsItselfAndKeepsWhatItPromises() {
            MemoryStore store = MemoryStore.create(time);
            int writes = 2 * History.RETAINED + 10;
            long newest = 0;
            for (int i = 0; i < writes; i++) {
                newest = put(store, "/a", "" + i);
            }

            assertThat(failure(store.range(RangeQuery.key("/a").atRevision(2))).code())
                    .isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(now(store.range(RangeQuery.key("/a").atRevision(newest - History.RETAINED)))
                            .entries())
                    .hasSize(1);
            assertThat(value(store, "/a")).contains("" + (writes - 1));
        }
    }
}
