package io.coordination.memory;

import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.keys;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.putLeased;
import static io.coordination.memory.StoreCalls.putting;
import static io.coordination.memory.StoreCalls.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FaultyStoreTest {

    private static final Duration TTL = Duration.ofSeconds(10);

    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = MemoryStore.create(time);
    private final FaultyStore faulty = FaultyStore.over(memory.connect(), time);

    private CompletableFuture<TxnResult> put(String key, String value) {
        return faulty.txn(putting(key, value));
    }

    private static void assertNoAnswer(CompletableFuture<?> call) {
        assertThat(failure(call))
                .isInstanceOf(CoordinationTimeoutException.class)
                .satisfies(failure -> assertThat(failure.outcomeUnknown()).isTrue());
    }

    private static boolean writes(Txn txn, String key) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Put put && put.key().equals(key));
    }

    @Nested
    class LostMessages {

        @Test
        void aLostAnswerLeavesTheChangeAndNoKnowledgeOfIt() {
            faulty.onNextTxn(txn -> true).loseAnswer();

            assertNoAnswer(put("/a", "1"));

            assertThat(value(memory, "/a")).contains("1");
            now(put("/b", "1"));
        }

        @Test
        void aLostRequestLooksTheSameToTheCaller() {
            faulty.onNextTxn(txn -> true).loseRequest();

            assertNoAnswer(put("/a", "1"));

            assertThat(value(memory, "/a")).isEmpty();
            now(put("/b", "1"));
        }

        @Test
        void aRefusalIsTheOneTheTestChose() {
            faulty.onNextTxn(txn -> true).refuse(CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, "no leader"));

            assertThat(failure(put("/a", "1")).code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
            assertThat(value(memory, "/a")).isEmpty();
        }

        @Test
        void onlyTheCallThatMatchesIsTouched() {
            FaultRule rule = faulty.onNextTxn(txn -> writes(txn, "/b")).loseRequest();

            now(put("/a", "1"));
            assertNoAnswer(put("/b", "1"));
            now(put("/b", "2"));

            assertThat(rule.hits()).isEqualTo(1);
            assertThat(keys(memory, "/")).containsExactly("/a", "/b");
        }

        @Test
        void aRuleForEveryCallLastsUntilItsEnd() {
            FaultRule rule = faulty.onEveryTxn(txn -> true).loseRequest();
            assertNoAnswer(put("/a", "1"));
            assertNoAnswer(put("/a", "1"));

            rule.end();

            now(put("/a", "2"));
            assertThat(rule.hits()).isEqualTo(2);
        }

        @Test
        void theNewestRuleTakesTheCallAndTheOlderOneTheNext() {
            faulty.onNextTxn(txn -> true).loseAnswer();
            faulty.onNextTxn(txn -> true).loseRequest();

            assertNoAnswer(put("/second rule", "1"));
            assertNoAnswer(put("/first rule", "1"));

            assertThat(keys(memory, "/")).containsExactly("/first rule");
        }

        @Test
        void everyKindOfCallCanBeLost() {
            now(faulty.grant(1, TTL));
            faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            faulty.onNext(StoreCall.Range.class).loseRequest();
            faulty.onNext(StoreCall.LeaseKeys.class).loseRequest();
            faulty.onNext(StoreCall.Grant.class).loseAnswer();
            faulty.onNext(StoreCall.Revocation.class).loseAnswer();

            assertNoAnswer(faulty.renewOnce(1, TTL));
            assertNoAnswer(faulty.renewOnce(1, TTL));
            assertNoAnswer(faulty.range(RangeQuery.key("/a")));
            assertNoAnswer(faulty.leaseKeys(1));
            assertNoAnswer(faulty.grant(2, TTL));
            assertNoAnswer(faulty.revoke(1));

            assertThat(now(memory.leaseKeys(2))).isEmpty();
            assertThat(failure(memory.leaseKeys(1)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }

        @Test
        void aLeaseDiesWhoseRenewalsAreLost() {
            now(faulty.grant(1, TTL));
            putLeased(faulty, "/a", 1);
            faulty.onEvery(StoreCall.Renewal.class).loseRequest();
            for (int i = 0; i < 4; i++) {
                time.advance(Duration.ofSeconds(3));
                assertThat(faulty.renewOnce(1, TTL)).isCompletedExceptionally();
            }

            assertThat(entry(memory, "/a")).isEmpty();
        }
    }

    @Nested
    class HeldMessages {

        @Test
        void aHeldRequestIsCarriedOutWhenItIsReleased() {
            HeldCalls held = faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<TxnResult> call = put("/a", "1");
            assertThat(call).isNotDone();
            assertThat(held.count()).isEqualTo(1);
            assertThat(value(memory, "/a")).isEmpty();

            held.release();

            assertThat(now(call).succeeded()).isTrue();
            assertThat(value(memory, "/a")).contains("1");
            assertThat(held.count()).isZero();
        }

        @Test
        void aRequestMayArriveAfterItsCallerGaveUp() {
            HeldCalls held = faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<TxnResult> call = put("/a", "late");
            held.timeOut();
            assertNoAnswer(call);
            now(put("/a", "early"));

            held.release();

            assertThat(value(memory, "/a")).contains("late");
            assertNoAnswer(call);
        }

        @Test
        void theCallerOfAHeldCallGivesUpAtItsDeadline() {
            HeldCalls held = faulty.onEveryCall().hold();
            CompletableFuture<Duration> renewal = faulty.renewOnce(1, Duration.ofSeconds(2));
            CompletableFuture<TxnResult> txn = put("/a", "1");

            time.advance(Duration.ofSeconds(2));
            assertNoAnswer(renewal);
            assertThat(txn).isNotDone();
            time.advance(Duration.ofSeconds(3));

            assertNoAnswer(txn);
            assertThat(held.count()).isEqualTo(2);
        }

        @Test
        void anAnswerInTimeLeavesNoTimer() {
            HeldCalls held = faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<TxnResult> call = put("/a", "1");

            held.release();

            now(call);
            assertThat(time.pendingTasks()).isZero();
        }

        @Test
        void aDroppedRequestNeverArrives() {
            HeldCalls held = faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<TxnResult> call = put("/a", "1");

            held.drop();
            held.release();

            assertNoAnswer(call);
            assertThat(value(memory, "/a")).isEmpty();
        }

        @Test
        void aHeldAnswerBelongsToAChangeThatWasMade() {
            HeldCalls held = faulty.onNextTxn(txn -> true).holdAnswer();
            CompletableFuture<TxnResult> call = put("/a", "1");
            assertThat(value(memory, "/a")).contains("1");
            assertThat(call).isNotDone();
            now(put("/a", "2"));

            held.release();

            assertThat(now(call).revision()).isEqualTo(2);
            assertThat(value(memory, "/a")).contains("2");
        }

        @Test
        void aDuplicateArrivesASecondTimeOnDemand() {
            HeldCalls copy = faulty.onNextTxn(txn -> true).duplicate();
            now(put("/a", "1"));
            now(put("/a", "2"));

            copy.release();
            copy.release();

            assertThat(value(memory, "/a")).contains("1");
            assertThat(entry(memory, "/a").orElseThrow().version()).isEqualTo(3);
        }

        @Test
        void whatAnEveryRuleHoldsIsReleasedInOrder() {
            HeldCalls held = faulty.onEveryTxn(txn -> true).hold();
            List<CompletableFuture<TxnResult>> calls = new ArrayList<>();
            for (String value : List.of("1", "2", "3")) {
                calls.add(put("/a", value));
            }

            held.release();

            assertThat(calls).allMatch(CompletableFuture::isDone);
            assertThat(value(memory, "/a")).contains("3");
            assertThat(put("/a", "4")).isNotDone();
        }

        @Test
        void aDelayedAnswerComesWithTime() {
            faulty.onNextTxn(txn -> true).delayAnswer(Duration.ofSeconds(1));
            CompletableFuture<TxnResult> call = put("/a", "1");
            assertThat(value(memory, "/a")).contains("1");

            time.advance(Duration.ofMillis(999));
            assertThat(call).isNotDone();
            time.advance(Duration.ofMillis(1));

            now(call);
        }

        @Test
        void closingEndsWhatIsHeld() {
            faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<TxnResult> call = put("/a", "1");

            faulty.close();

            assertThat(failure(call).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(put("/a", "1")).code()).isEqualTo(ErrorCode.CLOSED);
        }
    }

    @Nested
    class Interleaving {

        @Test
        void somethingElseHappensJustBeforeARequestArrives() {
            faulty.onNextTxn(txn -> true).runBefore(() -> StoreCalls.put(memory, "/a", "other"));

            TxnResult result = now(faulty.txn(
                    Txn.when(Txn.Compare.absent("/a")).then(Txn.Op.delete("/x")).orElse(Txn.Op.get("/a"))));

            assertThat(result.succeeded()).isFalse();
            assertThat(result.range(0).first().orElseThrow().value().utf8()).isEqualTo("other");
        }

        @Test
        void somethingElseHappensBeforeTheCallerHearsTheAnswer() {
            faulty.onNextTxn(txn -> true).runBeforeAnswer(() -> StoreCalls.put(memory, "/a", "other"));

            assertThat(now(put("/a", "mine")).revision()).isEqualTo(2);
            assertThat(value(memory, "/a")).contains("other");
        }
    }

    @Nested
    class LeasesAndCalls {

        @Test
        void aLeaseCanBeDroppedBehindItsOwnersBack() {
            now(faulty.grant(1, TTL));
            now(faulty.grant(2, TTL));
            putLeased(faulty, "/1", 1);
            putLeased(faulty, "/2", 2);

            now(faulty.dropLease(1));
            assertThat(keys(memory, "/")).containsExactly("/2");
            assertThat(failure(faulty.renewOnce(1, TTL)).code()).isEqualTo(ErrorCode.NOT_FOUND);
            now(faulty.dropLeases());

            assertThat(keys(memory, "/")).isEmpty();
        }

        @Test
        void theLeasesOfThisStoreAreKnown() {
            now(memory.grant(3, TTL));
            now(faulty.grant(1, TTL));
            now(faulty.grant(2, TTL));
            now(faulty.revoke(1));

            assertThat(faulty.leases()).containsExactly(2L);
        }

        @Test
        void allCallsAreWrittenDownLostOnesIncluded() {
            faulty.onNextTxn(txn -> true).loseRequest();
            assertThat(put("/a", "1")).isCompletedExceptionally();
            now(faulty.range(RangeQuery.key("/a")));

            assertThat(faulty.calls())
                    .containsExactly(
                            new StoreCall.Transaction(putting("/a", "1")), new StoreCall.Range(RangeQuery.key("/a")));
            assertThat(faulty.txns()).containsExactly(putting("/a", "1"));
        }
    }
}
