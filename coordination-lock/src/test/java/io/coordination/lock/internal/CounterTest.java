package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.synchronizer.CounterValue;
import io.coordination.lock.synchronizer.DistributedCounter;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Counters: what is stored, others that are quicker, and answers that are lost. */
class CounterTest {

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final DistributedCounter mine = a.locks.counter("tickets/1");
    private final DistributedCounter other = b.locks.counter("tickets/1");

    @AfterEach
    void nothingStays() {
        a.store.reconnect();
        mine.delete();
        cluster.assertNothingStays();
    }

    private static boolean isWrite(Txn txn) {
        return !txn.success().isEmpty() && txn.success().get(0) instanceof Txn.Put;
    }

    private static boolean isDelete(Txn txn) {
        return !txn.success().isEmpty() && txn.success().get(0) instanceof Txn.Delete;
    }

    @Nested
    class Values {

        @Test
        void beginAtZeroWithoutAVersion() {
            assertThat(mine.read()).isEqualTo(new CounterValue(0, 0));
            assertThat(mine.add(0)).isZero();
            assertThat(mine.delete()).isFalse();
            assertThat(cluster.allKeys()).isEmpty();
        }

        @Test
        void areOneKeyWhateverTheName() {
            mine.add(5);
            assertThat(cluster.allKeys()).containsExactly("/test/counters/tickets%2F1");
        }

        @Test
        void haveGrowingVersionsThatAreNeverUsedAgain() {
            long first = mine.set(1).version();
            long second = mine.set(1).version();
            mine.delete();
            long third = mine.set(1).version();
            assertThat(new long[] {first, second, third}).isSorted().doesNotHaveDuplicates();
            assertThat(other.read()).isEqualTo(new CounterValue(1, third));
        }

        @Test
        void doNotOverflow() {
            mine.set(Long.MAX_VALUE);
            CoordinationException failure = catchThrowableOfType(CoordinationException.class, () -> mine.add(1));
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_STATE);
            assertThat(failure).hasMessageContaining("tickets/1").hasMessageContaining("64 bits");
            assertThat(mine.get()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void thatAreCorruptedAreAClearErrorUntilTheyAreSet() {
            for (String corrupted : new String[] {"", "five", "{}", "{\"v\":\"x\"}", "[]", "5"}) {
                cluster.memory
                        .txn(Txn.always(Op.put(cluster.keys.counterKey("tickets/1"), Bytes.utf8(corrupted), 0)))
                        .join();
                for (CoordinationException failure : new CoordinationException[] {
                    catchThrowableOfType(CoordinationException.class, mine::get),
                    catchThrowableOfType(CoordinationException.class, () -> mine.add(1)),
                    catchThrowableOfType(CoordinationException.class, () -> mine.compareAndSet(0, 1))
                }) {
                    assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
                    assertThat(failure).hasMessageContaining("counter 'tickets/1'");
                }
                assertThat(mine.set(7).value()).isEqualTo(7);
                assertThat(mine.get()).isEqualTo(7);
            }
        }
    }

    @Nested
    class Others {

        @Test
        void thatAreQuickerCostOnlyAnotherAttempt() {
            mine.set(10);
            FaultRule quicker = a.store.onNextTxn(CounterTest::isWrite).runBefore(() -> other.add(100));
            assertThat(mine.add(1)).isEqualTo(111);
            assertThat(quicker.hits()).isEqualTo(1);
        }

        @Test
        void thatAreQuickerAllTheTimeEndInAConflict() {
            AtomicInteger disturbed = new AtomicInteger();
            FaultRule always = a.store.onEveryTxn(CounterTest::isWrite).runBefore(() -> {
                disturbed.incrementAndGet();
                other.add(1);
            });
            Caller<Long> adding = Caller.of(() -> mine.add(1_000));
            while (adding.isWaiting()) {
                cluster.time.advance(Duration.ofMillis(200));
            }
            assertThat(adding.failure()).isInstanceOf(ConflictException.class).hasMessageContaining("100 times");
            assertThat(disturbed).hasValue(100);
            assertThat(other.get()).isEqualTo(100);
            always.end();
        }

        @Test
        void makeACompareAndSetFailOnlyWhenTheNumberDiffers() {
            mine.set(1);
            FaultRule same = a.store.onNextTxn(CounterTest::isWrite).runBefore(() -> other.set(1));
            assertThat(mine.compareAndSet(1, 2))
                    .as("written anew, but the same")
                    .isTrue();
            FaultRule different = a.store.onNextTxn(CounterTest::isWrite).runBefore(() -> other.set(5));
            assertThat(mine.compareAndSet(2, 3)).isFalse();
            assertThat(same.hits() + different.hits()).isEqualTo(2);
            assertThat(mine.get()).isEqualTo(5);
        }

        @Test
        void makeAVersionedSetFailAlsoWhenTheNumberIsTheSame() {
            CounterValue seen = mine.set(1);
            CounterValue now = other.set(1);
            ConflictException conflict =
                    catchThrowableOfType(ConflictException.class, () -> mine.set(2, seen.version()));
            assertThat(conflict.current().orElseThrow().revision()).isEqualTo(now.version());
            assertThat(mine.set(2, now.version()).value()).isEqualTo(2);
            assertThatThrownBy(() -> mine.set(3, 0)).isInstanceOf(ConflictException.class);
        }
    }

    @Nested
    class LostAnswers {

        @Test
        void ofWritesThatWereAppliedCountOnce() {
            mine.set(10);
            FaultRule lost = a.store.onNextTxn(CounterTest::isWrite).loseAnswer();
            assertThat(mine.add(1)).isEqualTo(11);
            assertThat(lost.hits()).isEqualTo(1);
            assertThat(other.get()).isEqualTo(11);
        }

        @Test
        void ofWritesThatNeverArrivedAreSentAgain() {
            FaultRule lost = a.store.onNextTxn(CounterTest::isWrite).loseRequest();
            assertThat(mine.add(1)).isEqualTo(1);
            assertThat(lost.hits()).isEqualTo(1);
        }

        @Test
        void areFoundBehindWritesOfOthers() {
            mine.set(10);
            a.store.onNextTxn(CounterTest::isWrite).runBefore(() -> {});
            HeldCalls applied = a.store.onNextTxn(CounterTest::isWrite).holdAnswer();
            Caller<Long> adding = Caller.of(() -> mine.add(1));
            assertThat(other.get()).as("it is applied").isEqualTo(11);
            other.add(100);
            other.add(100);
            applied.timeOut();
            assertThat(adding.result()).isEqualTo(11);
            assertThat(other.get()).isEqualTo(211);
        }

        @Test
        void ofWritesThatOthersWereQuickerThanAreNotTakenForTheirs() {
            mine.set(10);
            HeldCalls held = a.store.onNextTxn(CounterTest::isWrite).hold();
            Caller<Long> adding = Caller.of(() -> mine.add(1));
            other.add(100);
            other.add(100);
            held.timeOut();
            assertThat(adding.result()).isEqualTo(211);
            held.release();
            assertThat(other.get()).isEqualTo(211);
        }

        @Test
        void areToldWhenTheHistoryIsGone() {
            mine.set(10);
            HeldCalls applied = a.store.onNextTxn(CounterTest::isWrite).holdAnswer();
            Caller<Long> adding = Caller.of(() -> mine.add(1));
            other.add(100);
            other.add(100);
            cluster.compact();
            applied.timeOut();
            assertThat(adding.failure())
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue());
        }

        @Test
        void aLateCopyIsNotAppliedAfterTheRetry() {
            mine.set(10);
            HeldCalls late = a.store
                    .onNextTxn(txn -> isWrite(txn) && txn.delivery() == Delivery.ONCE)
                    .hold();
            Caller<Long> adding = Caller.of(() -> mine.add(1));
            late.timeOut();
            assertThat(adding.result()).isEqualTo(11);
            late.release();
            assertThat(other.get()).isEqualTo(11);
        }

        @Test
        void ofDeletesAreReadBack() {
            mine.set(10);
            FaultRule lost = a.store.onNextTxn(CounterTest::isDelete).loseAnswer();
            assertThat(mine.delete()).isTrue();
            assertThat(lost.hits()).isEqualTo(1);
        }
    }

    @Test
    void interruptsEndTheCallWithAnUnknownOutcome() {
        HeldCalls held = a.store.onNextTxn(CounterTest::isWrite).hold();
        Caller<Long> adding = Caller.of(() -> mine.add(1));
        adding.interrupt();
        assertThat(adding.failure()).isInstanceOfSatisfying(CoordinationException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED);
            assertThat(e.outcomeUnknown()).isTrue();
        });
        assertThat(adding.wasInterruptedAfterwards()).isTrue();
        held.release();
    }
}
