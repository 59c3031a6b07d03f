package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rules 1, 2, 5 and 6: revisions, visibility, counters and the past. */
abstract class DataRules extends NestedTransactionRules {

    @Nested
    @DisplayName("Rule 1: one revision a change")
    class Rule01OneRevisionAChange {

        @Test
        void everyChangeGetsALargerRevision() {
            long first = put("a", "1");
            long second = put("b", "1");
            long third = delete("a");
            long fourth = put("b", "1");

            assertThat(List.of(first, second, third, fourth)).isSorted().doesNotHaveDuplicates();
        }

        @Test
        void allChangesOfATransactionShareItsRevision() {
            put("old", "1");

            long revision = txn(Op.put(key("a"), text("1"), 0), Op.delete(key("old")), Op.put(key("b"), text("1"), 0))
                    .revision();

            assertThat(existing("a").modRevision()).isEqualTo(revision);
            assertThat(existing("b").modRevision()).isEqualTo(revision);
            assertThat(names(range(RangeQuery.of(allKeys()).atRevision(revision - 1))))
                    .containsExactly("old");
            assertThat(names(range(RangeQuery.of(allKeys()).atRevision(revision))))
                    .containsExactly("a", "b");
        }

        /** Leases of other tests may expire in between, so one quiet moment of several is enough. */
        @Test
        void aTransactionThatChangesNothingGetsNoRevision() {
            assertThat(IntStream.range(0, 20).anyMatch(attempt -> {
                        long before = put("key", "value");
                        long unchanged = txn(Op.get(key("key")), Op.delete(key("absent")))
                                .revision();
                        return unchanged == before && put("key", "value") == before + 1;
                    }))
                    .isTrue();
        }
    }

    @Nested
    @DisplayName("Rule 2: linearizable")
    class Rule02Linearizable {

        @Test
        void aReadOverAnotherConnectionSeesEveryAnsweredChange() {
            Store other = openAnother();
            for (int i = 0; i < 30; i++) {
                long revision = put("key", "value " + i);
                RangeResult seen = get(other.range(RangeQuery.key(key("key"))));
                assertThat(seen.first().orElseThrow().modRevision()).isEqualTo(revision);
                assertThat(seen.revision()).isGreaterThanOrEqualTo(revision);
            }
        }

        @Test
        void aTransactionOverAnotherConnectionSeesEveryAnsweredChange() {
            Store other = openAnother();
            for (int i = 0; i < 30; i++) {
                long revision = put("key", "value " + i);
                Txn guarded = Txn.when(Compare.modifiedAt(key("key"), revision)).then(Op.get(key("key")));
                assertThat(get(other.txn(guarded)).succeeded()).isTrue();
            }
        }

        @Test
        void guardedWritesOfManyClientsLoseNoUpdate() {
            put("sum", "0");
            List<Store> clients = List.of(store, openAnother(), openAnother());

            clients.parallelStream().forEach(client -> IntStream.range(0, 20).forEach(round -> increment(client)));

            assertThat(existing("sum").value()).isEqualTo(text("60"));
        }

        private void increment(Store client) {
            boolean done = false;
            while (!done) {
                KeyValue old =
                        get(client.range(RangeQuery.key(key("sum")))).first().orElseThrow();
                int next = Integer.parseInt(old.value().utf8()) + 1;
                done = get(client.txn(Txn.when(Compare.modifiedAt(key("sum"), old.modRevision()))
                                .then(Op.put(key("sum"), text("" + next), 0))))
                        .succeeded();
            }
        }

        @Test
        void aSerializableReadMayBeBehindButSeesOneRevision() {
            long revision = put("a", "1");
            RangeResult seen = range(RangeQuery.of(allKeys()).asSerializable());

            assertThat(seen.clusterId())
                    .isEqualTo(range(RangeQuery.of(allKeys())).clusterId());
            assertThat(seen.revision() < revision || names(seen).equals(List.of("a")))
                    .isTrue();
        }
    }

    @Nested
    @DisplayName("Rule 5: counters")
    class Rule05Counters {

        @Test
        void everyPutCountsAndTheCreateRevisionStays() {
            long created = put("key", "1");
            assertThat(existing("key")).isEqualTo(new KeyValue(key("key"), text("1"), created, created, 1, 0));

            put("key", "1");
            long modified = put("key", "2");

            assertThat(existing("key")).isEqualTo(new KeyValue(key("key"), text("2"), created, modified, 3, 0));
        }

        @Test
        void deletingAndPuttingAgainStartsAnew() {
            put("key", "1");
            put("key", "2");
            delete("key");
            assertThat(read("key")).isEmpty();

            long again = put("key", "3");

            assertThat(existing("key")).isEqualTo(new KeyValue(key("key"), text("3"), again, again, 1, 0));
        }

        @Test
        void anEmptyValueIsAValue() {
            txn(Op.put(key("key"), Bytes.EMPTY, 0));

            assertThat(existing("key").value()).isEqualTo(Bytes.EMPTY);
            assertThat(existing("key").version()).isEqualTo(1);
        }
    }

    @Nested
    @DisplayName("Rule 6: reads of the past")
    class Rule06ReadsOfThePast {

        @Test
        void aRangeAtARevisionSeesExactlyThatRevision() {
            put("changed", "old");
            long past = put("deleted", "here");
            put("changed", "new");
            delete("deleted");
            put("made", "later");

            RangeResult then = range(RangeQuery.of(allKeys()).atRevision(past));

            assertThat(names(then)).containsExactly("changed", "deleted");
            assertThat(then.entries().get(0).value()).isEqualTo(text("old"));
            assertThat(then.entries().get(0).version()).isEqualTo(1);
            assertThat(names()).containsExactly("changed", "made");
        }

        @Test
        void theAnswerCarriesTheRevisionOfTheStoreAndNotTheOneThatWasRead() {
            long past = put("key", "old");
            long now = put("key", "new");

            assertThat(range(RangeQuery.key(key("key")).atRevision(past)).revision())
                    .isGreaterThanOrEqualTo(now);
        }

        @Test
        void pagesAtOneRevisionFitTogetherWhileKeysChange() {
            IntStream.range(0, 25).forEach(i -> put("%02d".formatted(i), "old"));
            long revision = range(RangeQuery.of(allKeys())).revision();
            List<KeyValue> all = new ArrayList<>();

            RangeQuery query = RangeQuery.of(allKeys()).withLimit(10).atRevision(revision);
            RangeResult page = range(query);
            assertThat(page.count()).isEqualTo(25);
            while (page.more()) {
                all.addAll(page.entries());
                put("%02d".formatted(all.size()), "new");
                delete("%02d".formatted(all.size() + 1));
                String next = all.get(all.size() - 1).key() + '\0';
                page = range(query.withKeys(new KeyRange(next, allKeys().to())));
            }
            all.addAll(page.entries());

            assertThat(all).hasSize(25).allMatch(entry -> entry.value().equals(text("old")));
            assertThat(all)
                    .isEqualTo(
                            range(RangeQuery.of(allKeys()).atRevision(revision)).entries());
        }

        @Test
        void resultsComeInKeyOrderAndTheCountIgnoresTheLimit() {
            List.of("b", "a/2", "a", "c", "a/1").forEach(name -> put(name, name));

            RangeResult limited = range(RangeQuery.of(allKeys()).withLimit(3));

            assertThat(names()).containsExactly("a", "a/1", "a/2", "b", "c");
            assertThat(names(limited)).containsExactly("a", "a/1", "a/2");
            assertThat(limited.count()).isEqualTo(5);
            assertThat(limited.more()).isTrue();
            assertThat(range(RangeQuery.of(allKeys()).withLimit(5)).more()).isFalse();
        }

        @Test
        void keysAndCountsComeWithoutWhatWasNotAskedFor() {
            long revision = put("a", "value");
            put("b", "value");

            RangeResult keys = range(RangeQuery.of(allKeys()).withKeysOnly());
            RangeResult count = range(RangeQuery.of(allKeys()).withCountOnly());

            assertThat(keys.entries().get(0)).isEqualTo(new KeyValue(key("a"), Bytes.EMPTY, revision, revision, 1, 0));
            assertThat(keys.count()).isEqualTo(2);
            assertThat(count.entries()).isEmpty();
            assertThat(count.count()).isEqualTo(2);
        }

        @Test
        void aRevisionThatWasCompactedIsNotFoundAndTheCompactionRevisionStays() {
            long old = put("key", "old");
            long oldest = put("key", "kept");
            put("key", "new");

            compact(oldest);

            assertRefused(store.range(RangeQuery.key(key("key")).atRevision(old)), ErrorCode.NOT_FOUND);
            RangeResult kept = range(RangeQuery.key(key("key")).atRevision(oldest));
            assertThat(kept.first().orElseThrow().value()).isEqualTo(text("kept"));
        }

        @Test
        void aRevisionThatTheServerHasNotReachedCanBeTriedAgain() {
            long newest = put("key", "value");

            assertRefused(
                    store.range(RangeQuery.key(key("key")).atRevision(newest + 1_000_000)),
                    ErrorCode.SERVICE_UNAVAILABLE);
        }

        @Test
        void aTransactionReadsThePastAsWellAndIsRefusedWholeWhenThatWasCompacted() {
            long old = put("key", "old");
            long oldest = put("key", "kept");
            put("key", "new");

            TxnResult result = txn(Op.get(RangeQuery.key(key("key")).atRevision(old)), Op.get(key("key")));
            assertThat(result.range(0).first().orElseThrow().value()).isEqualTo(text("old"));
            assertThat(result.range(1).first().orElseThrow().value()).isEqualTo(text("new"));

            compact(oldest);
            CompletableFuture<TxnResult> refused = store.txn(Txn.always(
                    Op.put(key("other"), text("1"), 0),
                    Op.get(RangeQuery.key(key("key")).atRevision(old))));
            assertRefused(refused, ErrorCode.NOT_FOUND);
            assertThat(read("other")).isEmpty();
        }
    }
}
