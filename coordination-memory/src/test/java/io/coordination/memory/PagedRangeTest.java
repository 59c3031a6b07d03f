package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.mirror.PagedRange;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreCall;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagedRangeTest {

    private static final KeyRange ALL = KeyRange.prefix("/p/");

    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = MemoryStore.create(time);
    private final FaultyStore faulty = FaultyStore.over(memory.connect(), time);

    private static String key(int number) {
        return String.format("/p/%05d", number);
    }

    private void fill(int keys) {
        for (int i = 0; i < keys; i++) {
            put(memory, key(i), "old");
        }
    }

    private RangeResult read() {
        return now(PagedRange.read(faulty, ALL));
    }

    private long pages() {
        return faulty.calls().stream().filter(StoreCall.Range.class::isInstance).count();
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "99, 1", "100, 1", "101, 2", "1100, 2", "1101, 3", "2500, 4"})
    void readsAllKeysInOrderAndInPages(int keys, int pages) {
        fill(keys);
        put(memory, "/q", "another prefix");

        RangeResult result = read();

        assertThat(result.entries())
                .extracting(KeyValue::key)
                .isEqualTo(
                        IntStream.range(0, keys).mapToObj(PagedRangeTest::key).toList());
        assertThat(result.count()).isEqualTo(keys);
        assertThat(result.more()).isFalse();
        assertThat(result.revision()).isEqualTo(keys + 2L);
        assertThat(pages()).isEqualTo(pages);
    }

    @Test
    void seesOneRevisionWhateverIsWrittenMeanwhile() {
        fill(2_500);
        long revision = now(memory.range(RangeQuery.prefix("/p/"))).revision();
        List<KeyValue> before = now(memory.range(RangeQuery.prefix("/p/"))).entries();
        FaultRule writer = faulty.onEvery(StoreCall.Range.class).runBeforeAnswer(() -> {
            put(memory, key(0), "new");
            put(memory, key(1_500), "new");
            put(memory, key(2_600), "new");
            now(memory.txn(Txn.always(Op.delete(key(2_499)))));
        });

        RangeResult result = read();

        assertThat(writer.hits()).isEqualTo(4);
        assertThat(result.revision()).isEqualTo(revision);
        assertThat(result.entries()).isEqualTo(before);
    }

    @Test
    void beginsAnewWhenItsRevisionWasCompacted() {
        fill(2_500);
        compactAfterNextPage();

        RangeResult result = read();

        assertThat(result.entries()).hasSize(2_500).extracting(KeyValue::key).doesNotHaveDuplicates();
        assertThat(result.entries().get(0).value().utf8()).isEqualTo("new");
        assertThat(pages()).isEqualTo(2 + 4);
    }

    @Test
    void givesUpWhenThatHappensAgainAndAgain() {
        fill(1_500);
        for (int reading = 0; reading < 4; reading++) {
            faulty.onNext(StoreCall.Range.class).runBefore(() -> {}); // its second page
            compactAfterNextPage(); // its first, because the newest rule comes first
        }

        assertThat(failure(PagedRange.read(faulty, ALL)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(pages()).isEqualTo(4 * 2);
    }

    @Test
    void handsOnAnyOtherFailureAtOnce() {
        fill(1_500);
        faulty.onEvery(StoreCall.Range.class)
                .refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "no right to read there"));

        CompletableFuture<RangeResult> refused = PagedRange.read(faulty, ALL);

        assertThat(failure(refused).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(pages()).isEqualTo(1);
    }

    /** A store whose answers, like gRPC's, have a limit. */
    private final class Limited extends ForwardingStore {

        private static final long MOST = 64L << 20;

        private final List<Long> sizes = new ArrayList<>();
        private int refused;

        Limited() {
            super(memory);
        }

        @Override
        public CompletableFuture<RangeResult> range(RangeQuery query) {
            RangeResult result = now(super.range(query));
            long size = result.entries().stream()
                    .mapToLong(entry -> entry.value().size())
                    .sum();
            if (size > MOST) {
                refused++;
                return CompletableFuture.failedFuture(
                        CoordinationException.of(ErrorCode.VALIDATION_ERROR, "the answer is larger than a message"));
            }
            sizes.add(size);
            return CompletableFuture.completedFuture(result);
        }
    }

    private void fill(int from, int to, Bytes value) {
        IntStream.range(from, to).forEach(i -> now(memory.txn(Txn.always(Op.put(key(i), value, 0)))));
    }

    @Test
    void readsAThousandOfTheLargestValuesInPagesThatFit() {
        fill(0, 1_000, Bytes.copyOf(new byte[1_468_006]));
        Limited store = new Limited();

        RangeResult result = now(PagedRange.read(store, ALL));

        assertThat(result.entries()).hasSize(1_000);
        assertThat(store.refused).as("answers that did not fit").isEqualTo(1);
        assertThat(store.sizes.stream().skip(1)).as("pages after the first").allMatch(size -> size <= 4 << 20);
    }

    @Test
    void findsItsWayWhenLargeValuesFollowSmallOnes() {
        fill(0, 1_500, Bytes.utf8("small"));
        fill(1_500, 2_000, Bytes.copyOf(new byte[1_468_006]));
        Limited store = new Limited();

        RangeResult result = now(PagedRange.read(store, ALL));

        assertThat(result.entries()).hasSize(2_000).extracting(KeyValue::key).doesNotHaveDuplicates();
        assertThat(store.refused).isBetween(1, 3);
    }

    @Test
    void readsTenThousandKeysOfEightMebibytesInFewPages() {
        fill(0, 10_000, Bytes.copyOf(new byte[840]));
        Limited store = new Limited();

        assertThat(now(PagedRange.read(store, ALL)).entries()).hasSize(10_000);

        assertThat(store.sizes).hasSizeLessThanOrEqualTo(11).allMatch(size -> size <= 4 << 20);
    }

    @Test
    void givesUpWhenASingleKeyDoesNotFit() {
        fill(3);
        faulty.onEvery(StoreCall.Range.class)
                .refuse(CoordinationException.of(ErrorCode.VALIDATION_ERROR, "the answer is larger than a message"));

        assertThat(failure(PagedRange.read(faulty, ALL)).code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(pages()).as("100, 25, 6 and 1 key").isEqualTo(4);
    }

    @Test
    void readsKeysWithoutValues() {
        fill(150);

        assertThat(now(PagedRange.readKeys(faulty, ALL)).entries())
                .hasSize(150)
                .allMatch(entry -> entry.value().size() == 0 && entry.modRevision() > 0);
    }

    private void compactAfterNextPage() {
        faulty.onNext(StoreCall.Range.class).runBeforeAnswer(() -> {
            put(memory, key(0), "new");
            memory.compact(put(memory, "/elsewhere", "1"));
        });
    }
}
