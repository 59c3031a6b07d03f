package io.coordination.memory;

import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.group.DeferredCommit;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Transactions that nobody waits for, and those that they travel with. */
class DeferredCommitTest {

    private static final Duration PATIENCE = Duration.ofMillis(1);
    private static final Duration JOURNEY = Duration.ofMillis(100);
    private static final long DEAD = 4711;

    private final ManualTime time = new ManualTime();
    private final FaultyStore store = FaultyStore.over(MemoryStore.create(time).connect(), time);
    private final DeferredCommit commit = new DeferredCommit(store, time);

    private static Txn put(String key) {
        return put(key, 0);
    }

    private static Txn put(String key, long lease) {
        return Txn.when(Compare.absent(key))
                .then(Op.put(key, Bytes.EMPTY, lease))
                .orElse(Op.get(key));
    }

    private CompletableFuture<TxnResult> defer(String key) {
        return commit.txn(put(key).delivered(Delivery.DEFERRABLE));
    }

    private long version(String key) {
        return entry(store, key).orElseThrow().version();
    }

    @Test
    void whatNobodyWaitsForTravelsWithTheNext() {
        CompletableFuture<TxnResult> first = defer("/first");
        CompletableFuture<TxnResult> second = defer("/second");
        assertThat(store.txns()).isEmpty();

        TxnResult result = now(commit.txn(put("/awaited")));

        assertThat(store.txns())
                .singleElement()
                .satisfies(txn -> assertThat(GroupRig.members(txn))
                        .containsExactly(
                                put("/awaited"),
                                put("/first").delivered(Delivery.DEFERRABLE),
                                put("/second").delivered(Delivery.DEFERRABLE)));
        assertThat(result.succeeded()).isTrue();
        assertThat(now(first).revision()).isEqualTo(result.revision());
        assertThat(now(second).succeeded()).isTrue();
    }

    @Test
    void itWaitsForAMomentOnly() {
        CompletableFuture<TxnResult> first = defer("/first");
        time.advance(PATIENCE.minusNanos(1));
        CompletableFuture<TxnResult> second = defer("/second");
        assertThat(store.txns()).isEmpty();

        time.advance(Duration.ofNanos(1));

        assertThat(now(first).succeeded()).isTrue();
        assertThat(now(second).succeeded()).isTrue();
        assertThat(store.txns()).hasSize(1);
    }

    @Test
    void oneTimerGoesOnWhileThereIsAnythingToDo() {
        for (int i = 0; i < 5; i++) {
            CompletableFuture<TxnResult> deferred = defer("/" + i);
            time.advance(PATIENCE);
            assertThat(now(deferred).succeeded()).isTrue();
            assertThat(time.pendingTasks()).isEqualTo(1);
        }
        time.advance(PATIENCE);
        assertThat(time.pendingTasks()).isZero();

        CompletableFuture<TxnResult> later = defer("/later");
        time.advance(PATIENCE);
        assertThat(now(later).succeeded()).isTrue();
    }

    @Test
    void othersGoAtOnceAndAsTheyAre() {
        now(commit.txn(put("/a")));
        now(commit.txn(put("/b").delivered(Delivery.URGENT)));

        assertThat(store.txns()).containsExactly(put("/a"), put("/b").delivered(Delivery.URGENT));
    }

    @Test
    void whatConflictsGoesBeforeByItself() {
        CompletableFuture<TxnResult> deferred = defer("/same");

        TxnResult result = now(commit.txn(put("/same")));

        assertThat(now(deferred).succeeded()).isTrue();
        assertThat(result.succeeded()).isFalse();
        assertThat(store.txns()).hasSize(2);
    }

    @Test
    void whatIsOfOneDomainGoesBeforeByItself() {
        CompletableFuture<TxnResult> deferred =
                commit.txn(put("/queue/1").delivered(Delivery.DEFERRABLE), KeyRange.prefix("/queue/"));

        TxnResult result = now(commit.txn(put("/queue/2"), KeyRange.prefix("/queue/")));

        assertThat(now(deferred).revision()).isLessThan(result.revision());
    }

    @Test
    void whatMustTravelAloneTakesNothingAlong() {
        CompletableFuture<TxnResult> deferred = defer("/deferred");

        TxnResult result = now(commit.txn(Txn.always(Op.nested(put("/nested")))));

        assertThat(now(deferred).succeeded()).isTrue();
        assertThat(result.nested(0).succeeded()).isTrue();
        assertThat(store.txns()).hasSize(2);
    }

    @Test
    void aLeaseThatIsGoneConcernsOnlyWhoUsesIt() {
        CompletableFuture<TxnResult> deferred = defer("/deferred");

        CompletableFuture<TxnResult> dead = commit.txn(put("/dead", DEAD));

        assertThat(failure(dead).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(now(deferred).succeeded()).isTrue();
        assertThat(version("/deferred")).isEqualTo(1);
    }

    @Test
    void whatHoldsBackTheOtherDoesNotHoldItBack() {
        store.onNextTxn(GroupRig::isBatch)
                .refuse(CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, "the breaker is open"));
        CompletableFuture<TxnResult> deferred = defer("/deferred");

        CompletableFuture<TxnResult> refused = commit.txn(put("/refused"));

        assertThat(failure(refused).code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
        assertThat(now(deferred).succeeded()).isTrue();
        assertThat(store.txns().get(1).delivery()).isEqualTo(Delivery.DEFERRABLE);
    }

    @Test
    void aLostAnswerIsFoundOutForItAndUnknownToTheOther() {
        store.onNextTxn(GroupRig::isBatch).loseAnswer();
        CompletableFuture<TxnResult> deferred = defer("/deferred");

        CompletableFuture<TxnResult> once = commit.txn(put("/once"));

        assertThat(failure(once).outcomeUnknown()).isTrue();
        assertThat(now(deferred).succeeded()).as("its guard tells").isFalse();
        assertThat(version("/deferred")).isEqualTo(1);
    }

    @Test
    void whenTheOtherHasToWaitItGoesByItself() {
        HeldCalls waiting = store.onNextTxn(GroupRig::isBatch).hold();
        CompletableFuture<TxnResult> deferred = defer("/deferred");
        CompletableFuture<TxnResult> other = commit.txn(put("/other"));
        time.advance(JOURNEY.minusMillis(1));
        assertThat(deferred).isNotDone();

        time.advance(Duration.ofMillis(2));

        assertThat(now(deferred).succeeded()).isTrue();
        assertThat(other).isNotDone();
        waiting.release();
        assertThat(now(other).succeeded()).isTrue();
        assertThat(version("/deferred")).isEqualTo(1);
    }

    @Test
    void whatWasAnsweredIsNotSentAgain() {
        defer("/deferred");
        now(commit.txn(put("/other")));

        time.advance(JOURNEY.multipliedBy(2));

        assertThat(store.txns()).hasSize(1);
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void whatTravelsWithSomethingUrgentIsUrgent() {
        defer("/deferred");

        now(commit.txn(put("/urgent").delivered(Delivery.URGENT)));

        assertThat(store.txns()).singleElement().extracting(Txn::delivery).isEqualTo(Delivery.URGENT);
    }

    @Test
    void inAHurryNothingIsHeld() {
        CompletableFuture<TxnResult> before = defer("/before");

        commit.hurry();
        CompletableFuture<TxnResult> after = defer("/after");

        assertThat(now(before).succeeded()).isTrue();
        assertThat(now(after).succeeded()).isTrue();
    }

    @Test
    void threadsLoseNothing() throws Exception {
        try (TimeSource clock = TimeSource.system("deferred")) {
            MemoryStore memory = MemoryStore.create(clock);
            DeferredCommit busy = new DeferredCommit(memory, clock);
            List<CompletableFuture<List<CompletableFuture<TxnResult>>>> threads = IntStream.range(0, 4)
                    .mapToObj(thread -> CompletableFuture.supplyAsync(() -> alternate(busy, "/" + thread + "/")))
                    .toList();

            for (CompletableFuture<List<CompletableFuture<TxnResult>>> thread : threads) {
                for (CompletableFuture<TxnResult> answer : thread.get(30, TimeUnit.SECONDS)) {
                    assertThat(answer.get(30, TimeUnit.SECONDS).succeeded()).isTrue();
                }
            }
        }
    }

    private static List<CompletableFuture<TxnResult>> alternate(DeferredCommit commit, String prefix) {
        List<CompletableFuture<TxnResult>> answers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Delivery delivery = i % 3 == 0 ? Delivery.ONCE : Delivery.DEFERRABLE;
            answers.add(commit.txn(put(prefix + i).delivered(delivery)));
        }
        return answers;
    }
}
