package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.Txn.Relation;
import io.coordination.store.Txn.Target;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules 3 and 4: what a transaction compares and how it is applied. */
abstract class TransactionRules extends StoreFixture {

    private static final List<Target> NUMBERS =
            List.of(Target.CREATE_REVISION, Target.MOD_REVISION, Target.VERSION, Target.LEASE);

    private boolean holds(Compare... compares) {
        return get(store.txn(Txn.when(compares).then(Op.get(key("any"))))).succeeded();
    }

    private static boolean related(Relation relation, int difference) {
        return switch (relation) {
            case EQUAL -> difference == 0;
            case NOT_EQUAL -> difference != 0;
            case LESS -> difference < 0;
            case GREATER -> difference > 0;
        };
    }

    @Nested
    @DisplayName("Rule 3: compares first, then one branch whole or not at all")
    class Rule03ComparesFirst {

        @Test
        void comparesSeeTheStateBeforeTheTransaction() {
            Txn once = Txn.when(Compare.absent(key("a")), Compare.absent(key("b")))
                    .then(Op.put(key("a"), text("1"), 0), Op.put(key("b"), text("1"), 0));

            assertThat(get(store.txn(once)).succeeded()).isTrue();
            assertThat(get(store.txn(once)).succeeded()).isFalse();
            assertThat(existing("a").version()).isEqualTo(1);
        }

        @Test
        void oneCompareThatDoesNotHoldSelectsTheElseBranch() {
            put("present", "1");
            Txn txn = Txn.when(Compare.present(key("present")), Compare.present(key("absent")))
                    .then(Op.put(key("then"), text("1"), 0))
                    .orElse(Op.put(key("else"), text("1"), 0), Op.get(key("present")));

            TxnResult result = get(store.txn(txn));

            assertThat(result.succeeded()).isFalse();
            assertThat(result.range(1).count()).isEqualTo(1);
            assertThat(names()).containsExactly("else", "present");
        }

        @Test
        void operationsRunInOrderAndSeeTheOnesBefore() {
            put("old", "1");

            TxnResult result = txn(
                    Op.get(key("new")),
                    Op.put(key("new"), text("1"), 0),
                    Op.get(key("new")),
                    Op.delete(key("old")),
                    Op.delete(key("old")),
                    Op.get(RangeQuery.of(allKeys())));

            assertThat(result.range(0).entries()).isEmpty();
            assertThat(result.range(2).first().orElseThrow().modRevision()).isEqualTo(result.revision());
            assertThat(result.deleted(3)).isEqualTo(1);
            assertThat(result.deleted(4)).isZero();
            assertThat(names(result.range(5))).containsExactly("new");
        }

        @Test
        void aRangeOfKeysIsDeletedAtOnceAndCounted() {
            List.of("a/1", "a/2", "b/1").forEach(name -> put(name, "1"));

            TxnResult result = txn(Op.delete(KeyRange.prefix(key("a/"))));

            assertThat(result.deleted(0)).isEqualTo(2);
            assertThat(names()).containsExactly("b/1");
        }

        @Test
        void everyRelationOfEveryNumberMeansWhatItSays() {
            long lease = grant(Duration.ofSeconds(60));
            put("key", "1");
            putLeased("key", lease);
            KeyValue entry = existing("key");

            assertRelations(Target.CREATE_REVISION, entry.createRevision());
            assertRelations(Target.MOD_REVISION, entry.modRevision());
            assertRelations(Target.VERSION, 2);
            assertRelations(Target.LEASE, lease);
        }

        private void assertRelations(Target target, long actual) {
            for (Relation relation : Relation.values()) {
                for (int offset = -1; offset <= 1; offset++) {
                    assertThat(holds(Compare.of(key("key"), target, relation, actual + offset)))
                            .as("%s %s actual%+d", target, relation, offset)
                            .isEqualTo(related(relation, -offset));
                }
            }
        }

        @Test
        void valuesAreComparedAsUnsignedBytes() {
            txn(Op.put(key("key"), Bytes.copyOf(new byte[] {1, (byte) 0x80}), 0));

            assertThat(holds(value(Relation.EQUAL, 1, 0x80))).isTrue();
            assertThat(holds(value(Relation.NOT_EQUAL, 1, 0x80))).isFalse();
            assertThat(holds(value(Relation.GREATER, 1, 0x7f))).isTrue();
            assertThat(holds(value(Relation.GREATER, 1))).isTrue();
            assertThat(holds(value(Relation.LESS, 1, 0x80, 0))).isTrue();
            assertThat(holds(value(Relation.LESS, 1, 0x80))).isFalse();
        }

        private Compare value(Relation relation, int... bytes) {
            byte[] content = new byte[bytes.length];
            IntStream.range(0, bytes.length).forEach(i -> content[i] = (byte) bytes[i]);
            return new Compare(KeyRange.key(key("key")), Target.VALUE, relation, 0, Bytes.copyOf(content));
        }

        @Test
        void aBranchThatChangesAKeyTwiceIsRefusedWhole() {
            put("old", "1");
            Op put = Op.put(key("key"), text("1"), 0);
            Op other = Op.put(key("other"), text("1"), 0);

            assertRefused(store.txn(Txn.always(other, put, put)), ErrorCode.VALIDATION_ERROR);
            assertRefused(store.txn(Txn.always(other, put, Op.delete(allKeys()))), ErrorCode.VALIDATION_ERROR);
            assertRefused(store.txn(Txn.always(other, Op.delete(key("key")), put)), ErrorCode.VALIDATION_ERROR);

            assertThat(names()).containsExactly("old");
        }

        @Test
        void theTwoBranchesMayChangeTheSameKey() {
            Txn txn = Txn.when(Compare.absent(key("key")))
                    .then(Op.put(key("key"), text("then"), 0))
                    .orElse(Op.put(key("key"), text("else"), 0));

            get(store.txn(txn));
            assertThat(existing("key").value()).isEqualTo(text("then"));
            get(store.txn(txn));
            assertThat(existing("key").value()).isEqualTo(text("else"));
        }

        @Test
        void aBranchHasAtMost128Operations() {
            assertThat(txn(puts(128)).results()).hasSize(128);
            assertRefused(store.txn(Txn.always(puts(129))), ErrorCode.VALIDATION_ERROR);
            assertRefused(store.txn(Txn.when().orElse(puts(129))), ErrorCode.VALIDATION_ERROR);
        }

        private Op[] puts(int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> Op.put(key("many/" + i), text("1"), 0))
                    .toArray(Op[]::new);
        }

        @Test
        void aValueOfMoreThanOneAndAHalfMebibytesIsRefused() {
            Bytes large = Bytes.copyOf(new byte[1_700_000]);

            assertRefused(store.txn(Txn.always(Op.put(key("large"), large, 0))), ErrorCode.VALIDATION_ERROR);

            assertThat(read("large")).isEmpty();
        }
    }

    @Nested
    @DisplayName("Rule 4: ranges over empty sets")
    class Rule04RangesOverEmptySets {

        @Test
        void aCompareOverARangeHoldsWhenItHoldsForEveryKey() {
            put("a", "1");
            long last = put("b", "1");
            put("b", "2");

            assertThat(holds(range(Target.VERSION, Relation.GREATER, 0))).isTrue();
            assertThat(holds(range(Target.VERSION, Relation.EQUAL, 1))).isFalse();
            assertThat(holds(range(Target.CREATE_REVISION, Relation.LESS, last + 1)))
                    .isTrue();
            assertThat(holds(range(Target.CREATE_REVISION, Relation.LESS, last)))
                    .isFalse();
        }

        @Test
        void aRangeWithoutAKeyIsComparedLikeOneAbsentKey() {
            for (Target target : NUMBERS) {
                for (Relation relation : Relation.values()) {
                    for (int operand = 0; operand <= 1; operand++) {
                        boolean expected = related(relation, -operand);
                        String what = target + " " + relation + " " + operand;
                        assertThat(holds(range(target, relation, operand)))
                                .as("range: " + what)
                                .isEqualTo(expected);
                        assertThat(holds(Compare.of(key("absent"), target, relation, operand)))
                                .as("key: " + what)
                                .isEqualTo(expected);
                    }
                }
            }
        }

        @Test
        void aCompareOfTheValueOfNothingNeverHolds() {
            Stream.of(Relation.values()).forEach(relation -> {
                assertThat(holds(new Compare(KeyRange.key(key("absent")), Target.VALUE, relation, 0, text("x"))))
                        .as("key: " + relation)
                        .isFalse();
                assertThat(holds(new Compare(allKeys(), Target.VALUE, relation, 0, text("x"))))
                        .as("range: " + relation)
                        .isFalse();
                assertThat(holds(new Compare(KeyRange.key(key("absent")), Target.VALUE, relation, 0, Bytes.EMPTY)))
                        .as("empty value: " + relation)
                        .isFalse();
            });
        }

        @Test
        void noneInHoldsExactlyWhenThereIsNoKey() {
            assertThat(holds(Compare.noneIn(allKeys()))).isTrue();
            put("a", "1");
            assertThat(holds(Compare.noneIn(allKeys()))).isFalse();
            delete("a");
            assertThat(holds(Compare.noneIn(allKeys()))).isTrue();
        }

        private Compare range(Target target, Relation relation, long number) {
            return new Compare(allKeys(), target, relation, number, Bytes.EMPTY);
        }
    }
}
