package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.ConflictException;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.DistributedReadWriteLock;
import io.coordination.lock.GuardedWrite;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Guarded writes: whose count, in which order, and what is known of them without an answer. */
class GuardTest {

    private static final String KEY = "/shop/ledger/head";

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();

    @AfterEach
    void nothingStays() {
        cluster.memory
                .txn(Txn.always(Op.delete(KeyRange.prefix("/test/fences/")), Op.delete(KEY)))
                .join();
        cluster.assertNothingStays();
    }

    private static GuardedWrite write(String value) {
        return GuardedWrite.on("ledger").put(KEY, value.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<KeyValue> stored(String key) {
        return cluster.memory.range(RangeQuery.key(key)).join().first();
    }

    private String value() {
        return stored(KEY).map(entry -> entry.value().utf8()).orElse("");
    }

    private FenceMark fence() {
        return FenceMark.read(
                "ledger", stored("/test/fences/ledger").orElseThrow().value());
    }

    private static boolean isGuarded(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Put put && put.key().contains("/fences/"));
    }

    @Nested
    class Owners {

        @Test
        void writeAndAdvanceTheFence() {
            LockHandle held = a.take();
            long first = held.guard(write("one"));
            assertThat(value()).isEqualTo("one");
            assertThat(stored(KEY).orElseThrow().modRevision()).isEqualTo(first);
            assertThat(fence().token()).isEqualTo(held.fencingToken());
            assertThat(held.guard(write("two"))).isGreaterThan(first);
            held.guard(GuardedWrite.on("ledger").delete(KEY));
            assertThat(value()).isEmpty();
            assertThat(fence().write()).isEqualTo(3);
            held.unlock();
        }

        @Test
        void thatArePausedAreStoppedByTheirToken() {
            LockHandle paused = a.take();
            paused.guard(write("from the first owner"));
            HeldCalls onItsWay = a.store.onNextTxn(GuardTest::isGuarded).hold();
            Caller<Long> late = Caller.of(() -> paused.guard(write("too late")));
            cluster.delete(cluster.first().key());
            LockHandle next = b.take();
            next.guard(write("from the second owner"));
            onItsWay.release();
            assertThat(late.failure())
                    .isInstanceOfSatisfying(ConflictException.class, e -> {
                        assertThat(e.greaterToken()).hasValue(next.fencingToken());
                        assertThat(e.outcomeUnknown()).isFalse();
                    })
                    .hasMessageContaining("ledger");
            assertThat(value()).isEqualTo("from the second owner");
            next.unlock();
        }

        @Test
        void thatLostTheirLockDoNotWriteEvenWhenNobodyElseHas() {
            LockHandle gone = a.take();
            HeldCalls onItsWay = a.store.onNextTxn(GuardTest::isGuarded).hold();
            Caller<Long> late = Caller.of(() -> gone.guard(write("too late")));
            cluster.delete(cluster.first().key());
            onItsWay.release();
            assertThat(late.failure()).isInstanceOf(LockLostException.class);
            assertThat(value()).isEmpty();
            assertThat(stored("/test/fences/ledger")).isEmpty();
        }

        @Test
        void areNotStoppedByTheTokensOfEarlierOnes() {
            LockHandle first = a.take();
            first.guard(write("one"));
            first.unlock();
            LockHandle second = b.take();
            second.guard(write("two"));
            assertThat(fence().token()).isEqualTo(second.fencingToken());
            second.unlock();
        }

        @Test
        void ofOtherResourcesDoNotMeet() {
            LockHandle held = a.take();
            held.guard(write("one"));
            held.guard(GuardedWrite.on("other/resource"));
            assertThat(stored("/test/fences/other%2Fresource")).isPresent();
            held.unlock();
        }

        @Test
        void thatReleasedOrLostTheLockAreToldAtOnce() {
            LockHandle released = a.take();
            released.guard(write("one"));
            released.unlock();
            assertThatThrownBy(() -> released.guard(write("two"))).isInstanceOf(CoordinationClosedException.class);
            LockHandle lost = a.take();
            cluster.deleteSession(a.store.leases().iterator().next());
            assertThatThrownBy(() -> lost.guard(write("two"))).isInstanceOf(LockLostException.class);
            assertThat(value()).isEqualTo("one");
        }
    }

    @Nested
    class LostAnswers {

        @Test
        void areReadOffTheFence() {
            LockHandle held = a.take();
            FaultRule first = a.store.onNextTxn(GuardTest::isGuarded).loseAnswer();
            Caller<Long> writing = Caller.of(() -> held.guard(write("one")));
            cluster.moment();
            assertThat(writing.result()).isEqualTo(stored(KEY).orElseThrow().modRevision());
            assertThat(stored(KEY).orElseThrow().version()).as("applied once").isEqualTo(1);
            FaultRule lost = a.store.onNextTxn(GuardTest::isGuarded).loseRequest();
            Caller<Long> again = Caller.of(() -> held.guard(write("two")));
            cluster.moment();
            again.result();
            assertThat(value()).isEqualTo("two");
            assertThat(first.hits() + lost.hits()).isEqualTo(2);
            held.unlock();
        }

        @Test
        void lateCopiesAreNotAppliedAfterLaterWritesOfTheSameOwner() {
            LockHandle held = a.take();
            held.guard(write("zero"));
            HeldCalls late = a.store.onNextTxn(GuardTest::isGuarded).hold();
            Caller<Long> writing = Caller.of(() -> held.guard(write("one")));
            late.timeOut();
            cluster.moment();
            writing.result();
            held.guard(write("two"));
            late.release();
            assertThat(value()).isEqualTo("two");
            assertThat(stored(KEY).orElseThrow().version()).isEqualTo(3);
            held.unlock();
        }

        @Test
        void areCertainlyNoWriteWhenTheLockIsGone() {
            LockHandle held = a.take();
            held.guard(write("zero"));
            FaultRule lost = a.store.onNextTxn(GuardTest::isGuarded).loseRequest();
            Caller<Long> writing = Caller.of(() -> held.guard(write("one")));
            cluster.delete(cluster.first().key());
            cluster.moment();
            assertThat(writing.failure())
                    .isInstanceOfSatisfying(
                            LockLostException.class,
                            e -> assertThat(e.outcomeUnknown()).isFalse());
            assertThat(lost.hits()).isEqualTo(1);
            assertThat(value()).isEqualTo("zero");
        }

        @Test
        void areUnknownWhenALaterOwnerHasWritten() {
            LockHandle held = a.take();
            held.guard(write("zero"));
            a.store.onNextTxn(GuardTest::isGuarded).loseAnswer();
            Caller<Long> writing = Caller.of(() -> held.guard(write("one")));
            cluster.delete(cluster.first().key());
            LockHandle next = b.take();
            next.guard(write("two"));
            cluster.moment();
            assertThat(writing.failure())
                    .isInstanceOfSatisfying(
                            ConflictException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue());
            next.unlock();
        }

        @Test
        void withoutEndAreToldAndKeepThePlaceFromTheNextLocalHold() {
            Hold held = (Hold) a.take();
            assertThat(held.isQuiet()).isTrue();
            FaultRule lost = a.store.onEveryTxn(GuardTest::isGuarded).loseRequest();
            Caller<Long> writing = Caller.of(() -> held.guard(write("one")));
            assertThat(held.isQuiet()).isFalse();
            while (writing.isWaiting()) {
                cluster.moment();
            }
            assertThat(writing.failure())
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue());
            assertThat(held.isQuiet()).as("a copy may still be applied").isFalse();
            lost.end();
            held.unlock();
        }
    }

    @Nested
    class Order {

        @Test
        void isThatOfTheCallsAndCountsUntilTheAnswer() {
            Hold held = (Hold) a.take();
            HeldCalls first = a.store.onNextTxn(GuardTest::isGuarded).hold();
            Caller<Long> one = Caller.of(() -> held.guard(write("one")));
            Caller<Long> two = Caller.of(() -> held.guard(write("two")));
            assertThat(value()).isEmpty();
            assertThat(held.isQuiet()).isFalse();
            first.release();
            assertThat(two.result()).isGreaterThan(one.result());
            assertThat(value()).isEqualTo("two");
            assertThat(held.isQuiet()).isTrue();
            held.unlock();
        }

        @Test
        void ofABookkeeperThatIsInterruptedGoesOn() {
            Hold held = (Hold) a.take();
            HeldCalls first = a.store.onNextTxn(GuardTest::isGuarded).hold();
            Caller<Long> one = Caller.of(() -> held.guard(write("one")));
            one.interrupt();
            assertThat(one.failure())
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            assertThat(held.isQuiet()).isFalse();
            first.release();
            assertThat(value()).isEqualTo("one");
            assertThat(held.isQuiet()).isTrue();
            held.guard(write("two"));
            held.unlock();
        }
    }

    /** A late write must not be taken for one of the next hold, which has the same key. */
    @Nested
    class HandOvers {

        private final LockOptions owned =
                Node.OPTIONS.toBuilder().owner(LockOwner.named("job")).build();

        private long keyOf(LockHandle handle) {
            return handle.fencingToken() >> 16;
        }

        private void assertQueuesAnew(Hold last, Runnable end) {
            HeldCalls onItsWay = a.store.onNextTxn(GuardTest::isGuarded).hold();
            Caller<Long> late = Caller.of(() -> last.guard(write("too late")));
            CompletableFuture<LockHandle> next = a.ask();
            end.run();
            assertThat(keyOf(granted(next))).isGreaterThan(keyOf(last));
            onItsWay.release();
            assertThat(late.failure()).isInstanceOf(LockLostException.class);
            assertThat(value()).isEmpty();
            next.join().close();
        }

        @Test
        void keepTheKeyWhenAllWritesAreAnswered() {
            LockHandle held = a.take();
            held.guard(write("one"));
            CompletableFuture<LockHandle> next = a.ask();
            held.close();
            assertThat(keyOf(granted(next))).isEqualTo(keyOf(held));
            next.join().guard(write("two"));
            assertThat(fence().token()).isEqualTo(held.fencingToken() + 1);
            assertThat(fence().write()).isEqualTo(1);
            next.join().close();
        }

        @Test
        void queueAnewWhileAWriteIsUnderWay() {
            Hold held = (Hold) a.take();
            assertQueuesAnew(held, held::close);
        }

        @Test
        void countTheWritesOfAllHandlesOfTheOwner() {
            Hold first = (Hold) a.take(owned);
            LockHandle second = a.take(owned);
            assertQueuesAnew(first, () -> {
                first.close();
                second.close();
            });
        }

        @Test
        void areNotMadeToReadersWhileAWriteIsUnderWay() {
            DistributedReadWriteLock lock = a.locks.readWrite(Cluster.LOCK);
            LockHandle writer = granted(lock.write().acquireAsync(Node.OPTIONS));
            HeldCalls onItsWay = a.store.onNextTxn(GuardTest::isGuarded).hold();
            Caller<Long> writing = Caller.of(() -> writer.guard(write("one")));
            CompletableFuture<LockHandle> other =
                    b.locks.readWrite(Cluster.LOCK).read().acquireAsync(Node.OPTIONS);
            LockHandle reader = lock.downgrade(writer);
            assertThat(other).as("what is read would still change").isNotDone();
            onItsWay.release();
            writing.result();
            reader.close();
            granted(other).close();
        }
    }

    @Test
    void handlesOfOneOwnerWriteInOneOrder() {
        LockOptions owned =
                Node.OPTIONS.toBuilder().owner(LockOwner.named("job")).build();
        LockHandle first = a.take(owned);
        LockHandle second = a.take(owned);
        HeldCalls onItsWay = a.store.onNextTxn(GuardTest::isGuarded).hold();
        Caller<Long> one = Caller.of(() -> first.guard(write("one")));
        Caller<Long> two = Caller.of(() -> second.guard(write("two")));
        assertThat(fencesSent()).as("the second one waits for the first").isEqualTo(1);
        onItsWay.release();
        assertThat(two.result()).isGreaterThan(one.result());
        assertThat(fence().write()).isEqualTo(2);
        first.close();
        second.guard(write("three"));
        assertThat(fence().write()).isEqualTo(3);
        second.close();
    }

    private long fencesSent() {
        return a.store.txns().stream().filter(GuardTest::isGuarded).count();
    }

    @Nested
    class Refusals {

        @Test
        void areForReaders() {
            LockHandle reader = granted(a.locks.readWrite(Cluster.LOCK).read().acquireAsync(Node.OPTIONS));
            CoordinationException failure =
                    catchThrowableOfType(CoordinationException.class, () -> reader.guard(write("one")));
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_STATE);
            assertThat(failure).hasMessageContaining("reading");
            reader.close();
        }

        @Test
        void areForKeysOfTheNamespace() {
            LockHandle held = a.take();
            for (GuardedWrite bad : new GuardedWrite[] {
                GuardedWrite.on("ledger").delete("/test/locks/x"),
                GuardedWrite.on("ledger").put("/test/", new byte[0])
            }) {
                CoordinationException failure =
                        catchThrowableOfType(CoordinationException.class, () -> held.guard(bad));
                assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
                assertThat(failure).hasMessageContaining("/test/");
            }
            held.guard(GuardedWrite.on("ledger").put("/testing", new byte[0]).delete("/testing2"));
            cluster.delete("/testing");
            held.unlock();
        }

        @Test
        void areForAFenceThatIsNone() {
            LockHandle held = a.take();
            cluster.memory
                    .txn(Txn.always(Op.put("/test/fences/ledger", Bytes.utf8("0"), 0)))
                    .join();
            held.guard(GuardedWrite.on("other"));
            CoordinationException failure = catchThrowableOfType(CoordinationException.class, () -> {
                cluster.memory
                        .txn(Txn.always(Op.put("/test/fences/ledger", Bytes.utf8("zero"), 0)))
                        .join();
                held.guard(write("one"));
            });
            assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(failure).hasMessageContaining("ledger");
            held.unlock();
        }
    }
}
