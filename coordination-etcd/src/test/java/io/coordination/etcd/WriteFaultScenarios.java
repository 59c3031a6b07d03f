package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.mirror.Mirror;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers of a real member that never arrive, and requests that it refuses. */
@Timeout(120)
abstract class WriteFaultScenarios extends FaultSuite {

    private static final Duration PATIENT = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private Store other;
    private FaultProxy proxy;
    private String key = "";

    @BeforeEach
    void openTheOtherSide() {
        other = direct();
        proxy = proxyTo(0);
        key = prefix + "k";
    }

    /** A store whose connection is up, and which hears no answer any more. */
    private Store deaf(Duration requestTimeout) {
        Store store = through(proxy, requestTimeout);
        get(store.range(RangeQuery.key(prefix)));
        proxy.swallowAnswers();
        return store;
    }

    private void healOnce(BooleanSupplier applied) {
        await().atMost(Duration.ofSeconds(8)).until(applied::getAsBoolean);
        proxy.heal();
    }

    private String value() {
        return get(other.range(RangeQuery.key(key)))
                .first()
                .map(found -> found.value().utf8())
                .orElse("absent");
    }

    private long revisions() {
        return get(other.range(RangeQuery.key(key))).revision();
    }

    private static Txn createIfAbsent(String key, String value) {
        return Txn.when(Compare.absent(key))
                .then(Op.put(key, Bytes.utf8(value), 0))
                .orElse(Op.get(key));
    }

    private static Txn replace(String key, long modRevision, String value) {
        return Txn.when(Compare.modifiedAt(key, modRevision))
                .then(Op.put(key, Bytes.utf8(value), 0))
                .orElse(Op.get(key));
    }

    private static Txn deleteMadeAt(String key, long createRevision) {
        return Txn.when(Compare.createdAt(key, createRevision))
                .then(Op.delete(key))
                .orElse(Op.get(key));
    }

    /** The answer to a write that may be repeated: what the guard found when the write came a second time. */
    @Nested
    class AnAnswerThatIsLostToARepeatableWrite {

        @Test
        void ofAPutIsMadeUpFor() {
            CompletableFuture<TxnResult> put = deaf(PATIENT).txn(put(key, "mine"));

            healOnce(() -> value().equals("mine"));

            assertThat(get(put).succeeded()).isTrue();
        }

        @Test
        void ofACreationShowsTheKeyThatWeMade() {
            CompletableFuture<TxnResult> created =
                    deaf(PATIENT).txn(createIfAbsent(key, "mine").delivered(Delivery.REPEATABLE));

            healOnce(() -> value().equals("mine"));

            TxnResult result = get(created);
            assertThat(result.succeeded()).isFalse();
            assertThat(result.range(0).first().orElseThrow().value()).isEqualTo(Bytes.utf8("mine"));
            assertThat(version(other, "k")).isEqualTo(1);
        }

        @Test
        void ofACompareAndSetShowsTheValueThatWeSet() {
            long before = get(other.txn(put(key, "before"))).revision();
            CompletableFuture<TxnResult> replaced =
                    deaf(PATIENT).txn(replace(key, before, "mine").delivered(Delivery.REPEATABLE));

            healOnce(() -> value().equals("mine"));

            TxnResult result = get(replaced);
            assertThat(result.succeeded()).isFalse();
            assertThat(result.range(0).first().orElseThrow().value()).isEqualTo(Bytes.utf8("mine"));
            assertThat(version(other, "k")).isEqualTo(2);
        }

        @Test
        void ofADeleteFindsNothingLeftAndSparesTheNextKeyOfThatName() {
            long made = get(other.txn(put(key, "mine"))).revision();
            CompletableFuture<TxnResult> deleted =
                    deaf(PATIENT).txn(deleteMadeAt(key, made).delivered(Delivery.REPEATABLE));
            await().until(() -> value().equals("absent"));
            get(other.txn(put(key, "theirs")));

            proxy.heal();

            assertThat(get(deleted).succeeded()).isFalse();
            assertThat(value()).isEqualTo("theirs");
        }

        @Test
        void ofAGrantIsTheLeaseThatWasMade() {
            long lease = freshLease();
            CompletableFuture<Duration> granted = deaf(PATIENT).grant(lease, Duration.ofSeconds(60));

            healOnce(() -> leaseExists(lease));

            assertThat(get(granted)).isEqualTo(Duration.ofSeconds(60));
            get(other.revoke(lease));
        }

        @Test
        void ofARevocationIsARevocation() {
            long lease = freshLease();
            get(other.grant(lease, Duration.ofSeconds(60)));
            CompletableFuture<Void> revoked = deaf(PATIENT).revoke(lease);

            healOnce(() -> !leaseExists(lease));

            get(revoked);
        }

        private boolean leaseExists(long lease) {
            return other.leaseKeys(lease)
                    .handle((keys, failure) -> failure == null)
                    .join();
        }
    }

    /** A write that must not be repeated ends in time, says that nobody knows, and was applied once. */
    @Nested
    class AnAnswerThatIsLostToAWriteForOnce {

        private void assertUnknown(Txn txn, String valueAfterwards) {
            long before = revisions();

            CoordinationException failure = failure(deaf(SHORT).txn(txn.delivered(Delivery.ONCE)));
            proxy.heal();

            assertThat(failure.outcomeUnknown()).isTrue();
            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure).hasMessageContaining("1 attempt");
            assertThat(value()).isEqualTo(valueAfterwards);
            assertThat(revisions()).isEqualTo(before + 1);
        }

        @Test
        void leavesAPutOpen() {
            assertUnknown(put(key, "mine"), "mine");
        }

        @Test
        void leavesACreationOpen() {
            assertUnknown(createIfAbsent(key, "mine"), "mine");
        }

        @Test
        void leavesACompareAndSetOpen() {
            long before = get(other.txn(put(key, "before"))).revision();
            assertUnknown(replace(key, before, "mine"), "mine");
        }

        @Test
        void leavesADeleteOpen() {
            long made = get(other.txn(put(key, "mine"))).revision();
            assertUnknown(deleteMadeAt(key, made), "absent");
        }

        @Test
        void isNotLostBehindAConnectionThatBreaks() {
            Store store = deaf(PATIENT);
            CompletableFuture<TxnResult> put = store.txn(put(key, "mine").delivered(Delivery.ONCE));

            healOnce(() -> value().equals("mine"));

            assertThat(failure(put).outcomeUnknown()).isTrue();
            assertThat(version(other, "k")).isEqualTo(1);
        }
    }

    @Nested
    class ARequestThatTheServerCannotTake {

        private Txn puts(int count, int bytesEach) {
            Bytes value = Bytes.utf8("z".repeat(bytesEach));
            return Txn.always(IntStream.range(0, count)
                            .mapToObj(i -> Op.put(prefix + i, value, 0))
                            .toArray(Op[]::new))
                    .delivered(Delivery.REPEATABLE);
        }

        private void assertRefused(Txn txn, String why) {
            Store store = direct();
            long began = System.nanoTime();

            CoordinationException failure = failure(store.txn(txn));

            assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure).hasMessageContaining(why);
            assertThat(since(began)).isLessThan(Duration.ofSeconds(3));
            assertThat(get(store.range(RangeQuery.prefix(prefix).withCountOnly()))
                            .count())
                    .isZero();
            get(store.txn(put(key, "still usable")));
        }

        @Test
        void becauseItHasTooManyOperationsIsRefusedOnce() {
            assertRefused(puts(129, 1), "more operations than the server takes (128");
        }

        @Test
        void becauseAValueIsALittleTooLargeIsRefusedOnce() {
            assertRefused(puts(1, 1_600 * 1024), "larger than the server takes");
        }

        @Test
        void becauseAValueIsFarTooLargeIsRefusedOnce() {
            assertRefused(puts(1, 2 * 1024 * 1024 + 1), "larger than the server takes");
        }

        @Test
        void becauseAllValuesTogetherAreTooLargeIsRefusedOnce() {
            assertRefused(puts(100, 20 * 1024), "larger than the server takes");
        }

        @Test
        void leavesItsNeighboursAlone() {
            Store store = direct();
            Mirror mirror = mirror(store);
            get(mirror.ready());
            List<CompletableFuture<TxnResult>> good = IntStream.range(0, 50)
                    .mapToObj(i -> store.txn(put(prefix + "good" + i, "x")))
                    .toList();
            CompletableFuture<TxnResult> bad = store.txn(puts(1, 2 * 1024 * 1024 + 1));
            CompletableFuture<TxnResult> after = store.txn(put(prefix + "after", "x"));

            assertThat(failure(bad).code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
            long last = Stream.concat(good.stream(), Stream.of(after))
                    .mapToLong(put -> get(put).revision())
                    .max()
                    .orElseThrow();
            get(mirror.reached(last));
            assertThat(mirror.state().entries()).hasSize(51);
            assertThat(mirror.staleFor()).isEmpty();
        }
    }
}
