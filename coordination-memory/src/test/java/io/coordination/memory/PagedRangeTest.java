package io.coordination.memory;

import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
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
    @CsvSource({"0, 1", "1, 1", "999, 1", "1000, 1", "1001, 2", "2000, 2", "2500, 3"})
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

        assertThat(writer.hits()).isEqualTo(3);
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
        assertThat(pages()).isEqualTo(2 + 3);
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

    private void compactAfterNextPage() {
        faulty.onNext(StoreCall.Range.class).runBeforeAnswer(() -> {
            put(memory, key(0), "new");
            memory.compact(put(memory, "/elsewhere", "1"));
        });
    }
}
