package io.coordination.memory;

import static io.coordination.memory.GroupRig.enqueue;
import static io.coordination.memory.GroupRig.members;
import static io.coordination.memory.GroupRig.put;
import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.keys;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private final GroupRig rig = new GroupRig();

    private static Txn puts(String prefix, int count) {
        return Txn.always(IntStream.range(0, count)
                .mapToObj(i -> Op.put(prefix + i, Bytes.EMPTY, 0))
                .toArray(Op[]::new));
    }

    @Nested
    class Collecting {

        @Test
        void isNotWhatTheFirstTwoWaitFor() {
            Txn first = put("/a");
            Txn second = put("/b");
            HeldCalls held = rig.faulty.onEveryTxn(txn -> true).hold();

            rig.commit.txn(first);
            rig.commit.txn(second);
            rig.commit.txn(put("/c"));

            assertThat(rig.faulty.txns()).containsExactly(first, second);
            held.release();
            assertThat(keys(rig.memory, "/")).hasSize(3);
        }

        @Test
        void bringsThoseThatComeMeanwhileIntoOneRevision() {
            Txn get = Txn.when(Compare.present("/none")).then(Op.get("/x")).orElse(Op.get("/y"), Op.delete("/z"));

            List<CompletableFuture<TxnResult>> answers = rig.together(put("/a"), put("/b"), get);

            assertThat(rig.sent()).hasSize(1);
            assertThat(answers)
                    .extracting(answer -> now(answer).revision())
                    .containsOnly(entry(rig.memory, "/b").orElseThrow().createRevision());
            assertThat(now(answers.get(0)).results()).containsExactly(new TxnResult.Done());
            assertThat(now(answers.get(2)).succeeded()).isFalse();
            assertThat(now(answers.get(2)).deleted(1)).isZero();
        }

        @Test
        void takesSixtyFourAtMost() {
            rig.together(IntStream.range(0, 100).mapToObj(i -> put("/" + i)).toArray(Txn[]::new));

            assertThat(rig.sent()).extracting(txn -> members(txn).size()).containsExactly(64, 36);
        }

        @Test
        void takesHalfAMebibyteAtMost() {
            Bytes large = Bytes.copyOf(new byte[200 * 1024]);

            rig.together(IntStream.range(0, 4)
                    .mapToObj(i -> Txn.always(Op.put("/" + i, large, 0)))
                    .toArray(Txn[]::new));

            assertThat(rig.sent()).extracting(txn -> members(txn).size()).containsExactly(2, 2);
        }

        @Test
        void leavesOutWhatIsLargeOrSpecial() {
            StoreCalls.put(rig.memory, "/old", "1");
            long one = lease();
            long other = lease();
            List<Txn> alone = List.of(
                    puts("/six/", 6),
                    Txn.always(Op.put("/large", Bytes.copyOf(new byte[600 * 1024]), 0)),
                    Txn.always(Op.get(RangeQuery.key("/old").atRevision(2))),
                    Txn.always(Op.putKeepingLease("/old", Bytes.EMPTY)),
                    Txn.always(Op.put("/one", Bytes.EMPTY, one), Op.put("/other", Bytes.EMPTY, other)),
                    Txn.always(Op.nested(put("/nested"))));

            rig.together(() -> {
                List<CompletableFuture<TxnResult>> answers =
                        alone.stream().map(rig.commit::txn).toList();
                assertThat(answers).as("sent at once").allMatch(CompletableFuture::isDone);
            });

            assertThat(rig.sent()).containsExactlyElementsOf(alone);
        }

        @Test
        void takesFiveOperations() {
            rig.together(puts("/five/", 5), puts("/more/", 5));

            assertThat(rig.sent()).hasSize(1);
        }

        @Test
        void putsKeysOnOneLeaseAndDeletesThoseOfAny() {
            long one = lease();
            long other = lease();

            rig.together(
                    put("/a", one), put("/b", other), Txn.always(Op.delete("/old")), put("/c", one), put("/d", other));

            assertThat(rig.sent()).extracting(txn -> members(txn).size()).containsExactly(3, 2);
            assertThat(entry(rig.memory, "/d").orElseThrow().lease()).isEqualTo(other);
        }

        @Test
        void survivesAnyNumberThatWaitForEachOther() {
            List<CompletableFuture<TxnResult>> answers = new ArrayList<>();

            rig.together(() -> IntStream.range(0, 3_000).forEach(i -> answers.add(rig.commit.txn(put("/same")))));

            assertThat(answers).allMatch(CompletableFuture::isDone);
            assertThat(entry(rig.memory, "/same").orElseThrow().version()).isEqualTo(3_000);
        }
    }

    @Nested
    class Dependence {

        @Test
        void keepsTwoWhoJoinOneQueueApart() {
            List<CompletableFuture<TxnResult>> answers = rig.together(enqueue("/q/", "a"), enqueue("/q/", "b"));

            assertThat(now(answers.get(0)).revision())
                    .isLessThan(now(answers.get(1)).revision());
            assertThat(now(answers.get(1)).range(1).entries()).hasSize(2);
        }

        @Test
        void keepsTwoWhoTryOneLockApart() {
            Txn first = Txn.when(Compare.noneIn(KeyRange.prefix("/q/"))).then(Op.put("/q/a", Bytes.EMPTY, 0));
            Txn second = Txn.when(Compare.noneIn(KeyRange.prefix("/q/"))).then(Op.put("/q/b", Bytes.EMPTY, 0));

            List<CompletableFuture<TxnResult>> answers = rig.together(first, second);

            assertThat(answers).extracting(answer -> now(answer).succeeded()).containsExactly(true, false);
        }

        @Test
        void keepsAReleaseAndAWriteThatItEndsApart() {
            long held = StoreCalls.put(rig.memory, "/q/a", "1");
            Txn release = Txn.when(Compare.createdAt("/q/a", held)).then(Op.delete("/q/a"));
            Txn guarded = Txn.when(Compare.createdAt("/q/a", held)).then(Op.put("/data", Bytes.EMPTY, 0));

            List<CompletableFuture<TxnResult>> answers = rig.together(release, guarded);

            assertThat(now(answers.get(0)).succeeded()).isTrue();
            assertThat(now(answers.get(1)).succeeded()).isFalse();
            assertThat(entry(rig.memory, "/data")).isEmpty();
        }

        @Test
        void ofTheBranchThatIsNotTakenCounts() {
            Txn either = Txn.when(Compare.present("/a")).orElse(Op.get("/b"));
            Txn other = Txn.when(Compare.present("/none")).then(Op.put("/b", Bytes.EMPTY, 0));

            rig.together(either, other);

            assertThat(rig.batches()).isEmpty();
        }

        @Test
        void ofDomainsCounts() {
            KeyRange queue = KeyRange.prefix("/q/");

            rig.together(() -> {
                rig.commit.txn(put("/q/a"), queue);
                rig.commit.txn(put("/q/b"), queue);
                rig.commit.txn(put("/r/a"), KeyRange.prefix("/r/"));
            });

            assertThat(rig.sent()).extracting(txn -> members(txn).size()).containsExactly(2, 1);
        }

        @Test
        void isNotWhatTwoReadersOfOneKeyHave() {
            Txn one = Txn.when(Compare.absent("/fence")).then(Op.put("/a", Bytes.EMPTY, 0));
            Txn other = Txn.when(Compare.absent("/fence")).then(Op.put("/b", Bytes.EMPTY, 0), Op.get("/fence"));

            rig.together(one, other);

            assertThat(rig.batches()).hasSize(1);
        }

        @Test
        void keepsTheOrderOfThoseInvolved() {
            Txn first = put("/a");
            Txn both = Txn.always(Op.put("/a", Bytes.utf8("2"), 0), Op.put("/b", Bytes.utf8("2"), 0));
            Txn last = Txn.always(Op.put("/b", Bytes.utf8("3"), 0));
            Txn free = put("/c");

            rig.together(first, both, last, free);

            assertThat(rig.sent())
                    .extracting(GroupRig::members)
                    .containsExactly(List.of(first, free), List.of(both), List.of(last));
            assertThat(value(rig.memory, "/a")).contains("2");
            assertThat(value(rig.memory, "/b")).contains("3");
        }

        @Test
        void neverKeepsTheOldestWaiting() {
            Txn everything = Txn.always(Op.get(RangeQuery.of(KeyRange.prefix("/"))), Op.put("/all", Bytes.EMPTY, 0));
            List<Txn> all = new ArrayList<>(List.of(put("/first"), everything));
            IntStream.range(0, 300).forEach(i -> all.add(put("/later/" + i)));

            rig.together(all.toArray(Txn[]::new));

            assertThat(members(rig.sent().get(0))).containsExactly(all.get(0));
            assertThat(members(rig.sent().get(1))).containsExactly(everything);
        }
    }

    @Nested
    class GivingUp {

        @Test
        void takesBackWhatWasNotSent() {
            rig.together(() -> {
                rig.commit.txn(put("/a"));
                rig.commit.txn(put("/b")).cancel(false);
                rig.commit.txn(put("/c"));
            });

            assertThat(keys(rig.memory, "/")).contains("/a", "/c").doesNotContain("/b");
        }

        @Test
        void afterTheSendingDisturbsNobody() {
            HeldCalls answers = rig.faulty.onEveryTxn(GroupRig::isBatch).holdAnswer();
            List<CompletableFuture<TxnResult>> both = rig.together(put("/a"), put("/b"));

            both.get(0).cancel(false);
            answers.release();

            assertThat(now(both.get(1)).succeeded()).isTrue();
            assertThat(keys(rig.memory, "/a")).hasSize(1);
        }
    }

    @Nested
    class Urgency {

        @Test
        void doesNotWaitForTheRest() {
            rig.together(() -> {
                CompletableFuture<TxnResult> release =
                        rig.commit.txn(Txn.always(Op.delete("/a")).delivered(Delivery.URGENT));
                assertThat(release).isCompleted();
            });
        }

        @Test
        void isThatOfTheWholeBatch() {
            rig.together(Delivery.URGENT, () -> {
                rig.commit.txn(put("/a").delivered(Delivery.URGENT));
                rig.commit.txn(put("/b").delivered(Delivery.URGENT));
            });

            assertThat(rig.batches()).extracting(Txn::delivery).containsExactly(Delivery.URGENT);
        }

        @Test
        void repeatsOnlyWhatMayBeRepeatedAsAWhole() {
            rig.together(put("/a").delivered(Delivery.REPEATABLE), put("/b").delivered(Delivery.REPEATABLE));
            rig.together(put("/c").delivered(Delivery.REPEATABLE), put("/d"));

            assertThat(rig.batches()).extracting(Txn::delivery).containsExactly(Delivery.REPEATABLE, Delivery.ONCE);
        }
    }

    @Nested
    class Closing {

        @Test
        void failsWhatWasNotSent() {
            HeldCalls held = rig.faulty.onEveryTxn(txn -> true).hold();
            CompletableFuture<TxnResult> sent = rig.commit.txn(put("/a"));
            rig.commit.txn(put("/b"));
            CompletableFuture<TxnResult> waiting = rig.commit.txn(put("/c"));

            rig.commit.close();
            rig.commit.close();

            assertThat(failure(waiting).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(waiting).outcomeUnknown()).isFalse();
            held.release();
            assertThat(now(sent).succeeded()).isTrue();
            assertThat(keys(rig.memory, "/c")).isEmpty();
        }

        @Test
        void refusesWhatComesLater() {
            rig.commit.close();

            assertThat(failure(rig.commit.txn(put("/a"))).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(failure(rig.commit.txn(puts("/six/", 6))).code()).isEqualTo(ErrorCode.CLOSED);
            assertThat(rig.faulty.txns()).isEmpty();
        }
    }

    private long lease() {
        long lease = rig.faulty.leases().size() + 1L;
        now(rig.faulty.grant(lease, Duration.ofSeconds(60)));
        return lease;
    }
}
