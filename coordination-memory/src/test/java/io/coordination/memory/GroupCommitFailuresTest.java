package io.coordination.memory;

import static io.coordination.memory.GroupRig.put;
import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of the members when their batch fails. */
class GroupCommitFailuresTest {

    private static final long DEAD = 4711;

    private final GroupRig rig = new GroupRig();

    private static Txn once(String key) {
        return Txn.when(Compare.absent(key)).then(Op.put(key, Bytes.EMPTY, 0)).orElse(Op.get(key));
    }

    private static Txn repeatable(String key) {
        return once(key).delivered(Delivery.REPEATABLE);
    }

    @Test
    void aDeadLeaseConcernsOnlyThoseWhoUseIt() {
        List<CompletableFuture<TxnResult>> answers =
                rig.together(put("/a"), put("/dead", DEAD), put("/b"), put("/dead/too", DEAD));

        assertThat(now(answers.get(0)).succeeded()).isTrue();
        assertThat(now(answers.get(2)).succeeded()).isTrue();
        assertThat(failure(answers.get(1)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(failure(answers.get(3)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(rig.sent()).as("one batch, then each of the four once").hasSize(5);
    }

    @Test
    void aLeaseThatIsGoneIsNoReasonToSendTwiceWhatWasApplied() {
        long lease = 1;
        now(rig.memory.grant(lease, Duration.ofSeconds(60)));

        rig.together(put("/a", lease), put("/b", DEAD), put("/c"));

        assertThat(entry(rig.memory, "/a").orElseThrow().version()).isEqualTo(1);
        assertThat(entry(rig.memory, "/c").orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void anInvalidMemberFailsAlone() {
        List<CompletableFuture<TxnResult>> answers = rig.together(put("/a"), Txn.always(Op.get("")), put("/b"));

        assertThat(now(answers.get(0)).succeeded()).isTrue();
        assertThat(failure(answers.get(1)).code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(now(answers.get(2)).succeeded()).isTrue();
    }

    @Test
    void aLostAnswerIsResolvedForThoseWhoMayBeRepeatedAndUnknownToTheOthers() {
        rig.faulty.onNextTxn(GroupRig::isBatch).loseAnswer();

        List<CompletableFuture<TxnResult>> answers =
                rig.together(once("/a"), repeatable("/b"), once("/c"), repeatable("/d"));

        assertThat(failure(answers.get(0)).outcomeUnknown()).isTrue();
        assertThat(failure(answers.get(0)).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        assertThat(failure(answers.get(2)).outcomeUnknown()).isTrue();
        assertThat(failure(answers.get(2))).isNotSameAs(failure(answers.get(0)));
        assertThat(now(answers.get(1)).succeeded())
                .as("the guard tells of the first")
                .isFalse();
        assertThat(now(answers.get(3)).range(0).entries()).hasSize(1);
        assertThat(rig.sent()).hasSize(3);
        assertThat(entry(rig.memory, "/a").orElseThrow().version()).isEqualTo(1);
    }

    @Test
    void aLostRequestIsMadeUpForByThoseWhoMayBeRepeated() {
        rig.faulty.onNextTxn(GroupRig::isBatch).loseRequest();

        List<CompletableFuture<TxnResult>> answers = rig.together(repeatable("/a"), repeatable("/b"));

        assertThat(answers).allMatch(answer -> now(answer).succeeded());
    }

    @Test
    void whatFailsAgainIsNotSentAThirdTime() {
        rig.faulty
                .onEveryTxn(txn -> GroupRig.isBatch(txn) || txn.equals(repeatable("/a")))
                .loseAnswer();

        List<CompletableFuture<TxnResult>> answers = rig.together(repeatable("/a"), repeatable("/b"));

        assertThat(failure(answers.get(0)).outcomeUnknown()).isTrue();
        assertThat(now(answers.get(1)).succeeded()).isFalse();
        assertThat(rig.sent()).hasSize(3);
    }

    @Test
    void aBatchThatSurelyWasNotSentFailsWholeAndIsNotRepeated() {
        rig.faulty
                .onNextTxn(GroupRig::isBatch)
                .refuse(CoordinationException.of(ErrorCode.SERVICE_UNAVAILABLE, "the breaker is open"));

        List<CompletableFuture<TxnResult>> answers = rig.together(once("/a"), repeatable("/b"));

        assertThat(answers).allSatisfy(answer -> {
            assertThat(failure(answer).code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
            assertThat(failure(answer).outcomeUnknown()).isFalse();
            assertThat(failure(answer).retryable()).isTrue();
        });
        assertThat(rig.sent()).hasSize(1);
    }

    @Test
    void whoeverGaveUpIsNotSentAgain() {
        var held = rig.faulty.onNextTxn(GroupRig::isBatch).holdAnswer();
        List<CompletableFuture<TxnResult>> answers = rig.together(repeatable("/a"), repeatable("/b"));

        answers.get(0).cancel(false);
        held.timeOut();

        assertThat(now(answers.get(1)).succeeded()).isFalse();
        assertThat(rig.sent()).hasSize(2);
    }

    @Test
    void aFailedBatchMakesRoomForTheNext() {
        rig.faulty.onEveryTxn(GroupRig::isBatch).loseRequest();
        rig.together(once("/a"), once("/b"));
        rig.together(once("/c"), once("/d"));

        assertThat(now(rig.commit.txn(once("/e"))).succeeded()).isTrue();
    }
}
