package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rule 3 for transactions inside transactions. */
abstract class NestedTransactionRules extends TransactionRules {

    private Txn putIfAbsent(String name) {
        return Txn.when(Compare.absent(key(name)))
                .then(Op.put(key(name), text("1"), 0))
                .orElse(Op.get(key(name)));
    }

    private Op nestedPut(String name) {
        return Op.nested(Txn.always(Op.put(key(name), text("1"), 0)));
    }

    @Nested
    @DisplayName("Rule 3: nested transactions")
    class Rule03NestedTransactions {

        @Test
        void eachOfThemAnswersForItself() {
            put("present", "old");

            TxnResult result =
                    txn(Op.nested(putIfAbsent("absent")), Op.get(key("present")), Op.nested(putIfAbsent("present")));

            assertThat(result.succeeded()).isTrue();
            assertThat(result.nested(0).succeeded()).isTrue();
            assertThat(result.nested(0).results()).containsExactly(new TxnResult.Done());
            assertThat(result.nested(2).succeeded()).isFalse();
            assertThat(result.nested(2).range(0).first().orElseThrow().value()).isEqualTo(text("old"));
        }

        @Test
        void theyShareOneRevisionWhichIsTheirAnswer() {
            TxnResult result = txn(
                    Op.nested(Txn.always(Op.get(key("a")))),
                    Op.nested(Txn.when().then(nestedPut("a"))),
                    nestedPut("b"));

            assertThat(existing("a").createRevision()).isEqualTo(result.revision());
            assertThat(existing("b").createRevision()).isEqualTo(result.revision());
            assertThat(List.of(
                            result.nested(0), result.nested(1), result.nested(1).nested(0), result.nested(2)))
                    .allSatisfy(inner -> {
                        assertThat(inner.revision()).isEqualTo(result.revision());
                        assertThat(inner.clusterId()).isEqualTo(result.clusterId());
                    });
        }

        @Test
        void theirComparesSeeTheStateBeforeTheOutermost() {
            put("old", "1");
            Txn ifNone = Txn.when(Compare.noneIn(KeyRange.prefix(key("queue/"))));

            TxnResult result = txn(
                    Op.delete(key("old")),
                    Op.nested(Txn.when(Compare.present(key("old"))).then(Op.get(key("old")))),
                    Op.nested(ifNone.then(Op.put(key("queue/a"), text("1"), 0))),
                    Op.nested(ifNone.then(Op.nested(ifNone.then(Op.put(key("queue/b"), text("1"), 0))))));

            assertThat(result.nested(1).succeeded()).isTrue();
            assertThat(result.nested(1).range(0).entries()).isEmpty();
            assertThat(result.nested(3).nested(0).succeeded()).isTrue();
            assertThat(names()).containsExactly("queue/a", "queue/b");
        }

        @Test
        void theirReadsSeeWhatWasAppliedBeforeThem() {
            Op read = Op.get(RangeQuery.of(allKeys()));

            TxnResult result = txn(
                    Op.nested(Txn.always(Op.put(key("a"), text("1"), 0), read)),
                    Op.nested(Txn.always(Op.put(key("b"), text("1"), 0), read)),
                    Op.nested(Txn.always(Op.delete(key("a")), read)));

            assertThat(names(result.nested(0).range(1))).containsExactly("a");
            assertThat(names(result.nested(1).range(1))).containsExactly("a", "b");
            assertThat(result.nested(2).deleted(0)).isEqualTo(1);
            assertThat(names(result.nested(2).range(1))).containsExactly("b");
        }

        @Test
        void onlyTheChosenBranchesAreApplied() {
            TxnResult result = get(store.txn(
                    Txn.when(Compare.present(key("a"))).then(nestedPut("then")).orElse(nestedPut("else"))));

            assertThat(result.succeeded()).isFalse();
            assertThat(result.nested(0).succeeded()).isTrue();
            assertThat(names()).containsExactly("else");
        }

        @Test
        void aDeadLeaseInAChosenBranchFailsThemAll() {
            Op dead = Op.put(key("leased"), text("1"), newLeaseId());

            assertRefused(store.txn(Txn.always(nestedPut("a"), Op.nested(Txn.always(dead)))), ErrorCode.NOT_FOUND);
            assertThat(names()).isEmpty();

            txn(nestedPut("a"), Op.nested(Txn.when().orElse(dead)));
            assertThat(names()).containsExactly("a");
        }

        @Test
        void aKeyIsPutByOneOfThem() {
            Op inElse = Op.nested(Txn.when().orElse(Op.put(key("a"), text("1"), 0)));

            assertRefused(store.txn(Txn.always(nestedPut("a"), nestedPut("a"))), ErrorCode.VALIDATION_ERROR);
            assertRefused(store.txn(Txn.always(nestedPut("a"), inElse)), ErrorCode.VALIDATION_ERROR);
            assertRefused(
                    store.txn(Txn.always(nestedPut("a"), Op.put(key("a"), text("1"), 0))), ErrorCode.VALIDATION_ERROR);
            assertThat(names()).isEmpty();

            Op either = Op.nested(
                    Txn.when().then(Op.put(key("a"), text("then"), 0)).orElse(Op.put(key("a"), text("else"), 0)));
            txn(either);
            assertThat(existing("a").value()).isEqualTo(text("then"));
        }

        @Test
        void whatOneDeletesNoLaterOnePuts() {
            Op delete = Op.nested(Txn.always(Op.delete(allKeys())));

            assertRefused(store.txn(Txn.always(delete, nestedPut("a"))), ErrorCode.VALIDATION_ERROR);
            assertRefused(store.txn(Txn.always(nestedPut("a"), Op.delete(allKeys()))), ErrorCode.VALIDATION_ERROR);
            assertThat(names()).isEmpty();

            put("a", "1");
            assertThat(txn(delete, delete).nested(1).deleted(0)).isZero();
        }

        @Test
        void theLongestListsOfAllLevelsTogetherHaveAtMost128Operations() {
            assertThat(txn(nestedPuts(64, 64)).results()).hasSize(64);
            assertRefused(store.txn(Txn.always(nestedPuts(64, 65))), ErrorCode.VALIDATION_ERROR);
            assertRefused(store.txn(Txn.always(nestedPuts(126, 3))), ErrorCode.VALIDATION_ERROR);
        }

        private Op[] nestedPuts(int transactions, int operations) {
            return IntStream.range(0, transactions)
                    .mapToObj(i -> Op.nested(Txn.always(IntStream.range(0, i == 0 ? operations : 1)
                            .mapToObj(j -> Op.put(key(i + "/" + j), text("1"), 0))
                            .toArray(Op[]::new))))
                    .toArray(Op[]::new);
        }
    }
}
