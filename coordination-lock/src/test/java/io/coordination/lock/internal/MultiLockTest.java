package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.MultiLockHandle;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several locks at once, and what stays of them when answers, sessions and single keys are lost. */
class MultiLockTest {

    private static final HoldOptions OPTIONS = HoldOptions.ofTtl(TTL);
    private static final List<String> ALL = List.of("x", "y", "z");

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private static CompletableFuture<MultiLockHandle> ask(Node node, String... keys) {
        return node.locks.multi(List.of(keys)).acquireAsync(OPTIONS);
    }

    private static CompletableFuture<Optional<MultiLockHandle>> tryOnce(Node node, String... keys) {
        return node.locks.multi(List.of(keys)).tryAcquireAsync(OPTIONS);
    }

    private static MultiLockHandle granted(CompletableFuture<MultiLockHandle> asked) {
        assertThat(asked).isCompleted();
        assertThat(asked.join().isHeld()).isTrue();
        return asked.join();
    }

    private static CompletableFuture<LockHandle> single(Node node, String key) {
        return node.locks.acquireAsync(key, Node.OPTIONS);
    }

    private int keys() {
        return ALL.stream().mapToInt(key -> cluster.queue(key).size()).sum();
    }

    private static void assertFailed(CompletableFuture<?> asked, ErrorCode code) {
        assertThat(asked).isDone();
        assertThat(asked.handle((value, failure) -> failure).join())
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static boolean releasesSeveral(Txn txn) {
        return !txn.success().isEmpty() && txn.success().get(0) instanceof Txn.Nested;
    }

    @Nested
    class Together {

        @Test
        void areMadeInOneRevisionOnOneLease() {
            MultiLockHandle held = granted(ask(a, "x", "y", "z"));
            List<KeyValue> made =
                    ALL.stream().flatMap(key -> cluster.queue(key).stream()).toList();
            assertThat(made).hasSize(3);
            assertThat(made)
                    .extracting(KeyValue::createRevision)
                    .containsOnly(made.get(0).createRevision());
            assertThat(made)
                    .extracting(KeyValue::lease)
                    .containsOnly(made.get(0).lease());
            assertThat(held.keys()).containsExactly("x", "y", "z");
            assertThat(held.unlock()).isTrue();
            assertThat(keys()).isZero();
            assertThat(held.unlock()).isFalse();
        }

        @Test
        void areReleasedInOneRevision() {
            MultiLockHandle held = granted(ask(a, "x", "y", "z"));
            long before = cluster.revision();
            held.close();
            assertThat(cluster.revision()).isEqualTo(before + 1);
        }

        @Test
        void waitForAllOfThem() {
            LockHandle y = single(b, "y").join();
            LockHandle z = single(b, "z").join();
            CompletableFuture<MultiLockHandle> all = ask(a, "x", "y", "z");
            assertThat(all).isNotDone();
            CompletableFuture<LockHandle> x = single(b, "x");
            assertThat(x).as("a multi-lock keeps its places").isNotDone();
            y.close();
            assertThat(all).isNotDone();
            z.close();
            MultiLockHandle held = granted(all);
            assertThat(held.fencingToken("y")).isGreaterThan(y.fencingToken());
            held.close();
            assertThat(x.join().fencingToken()).isGreaterThan(held.fencingToken("x"));
            x.join().close();
        }

        @Test
        void doNotDeadlockWhateverTheOrderOfTheirNames() {
            CompletableFuture<MultiLockHandle> first = ask(a, "x", "y");
            CompletableFuture<MultiLockHandle> second = ask(b, "y", "x");
            CompletableFuture<MultiLockHandle> third = ask(a, "z", "y");
            granted(first).close();
            granted(second).close();
            granted(third).close();
        }

        @Test
        void areTriedTogether() {
            LockHandle y = single(b, "y").join();
            assertThat(tryOnce(a, "x", "y", "z")).isCompletedWithValue(Optional.empty());
            assertThat(keys()).isEqualTo(1);
            y.close();
            MultiLockHandle held = tryOnce(a, "x", "y", "z").join().orElseThrow();
            assertThat(b.locks.tryAcquire("x", TTL)).isEmpty();
            held.close();
        }

        @Test
        void areAsManyAsFortyAndNoneTwice() {
            List<String> forty = IntStream.range(0, 40).mapToObj(i -> "n" + i).toList();
            granted(a.locks.multi(forty).acquireAsync(OPTIONS)).unlock();
            List<String> more = new ArrayList<>(forty);
            more.add("x");
            for (List<String> bad : List.of(more, List.<String>of(), List.of("x", "y", "x"), List.of("x", " "))) {
                assertThatThrownBy(() -> a.locks.multi(bad))
                        .isInstanceOfSatisfying(
                                CoordinationException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                        .hasMessageContaining("keys");
            }
        }

        @Test
        void takeRoomOnTheirLeaseForEachKey() {
            List<String> forty = IntStream.range(0, 40).mapToObj(i -> "n" + i).toList();
            List<MultiLockHandle> held = IntStream.range(0, 26)
                    .mapToObj(round -> granted(a.locks
                            .multi(forty.stream().map(key -> key + "/" + round).toList())
                            .acquireAsync(OPTIONS)))
                    .toList();
            assertThat(a.store.leases()).as("1,040 keys").hasSize(2);
            held.forEach(MultiLockHandle::close);
        }
    }

    @Nested
    class Loss {

        private final MultiLockHandle held = granted(ask(a, "x", "y", "z"));
        private final List<LockLost> told = new ArrayList<>();

        private void watch() {
            cluster.time.advance(Duration.ofMillis(200));
            held.lost().thenAccept(told::add);
        }

        @Test
        void ofOneIsLossOfAll() {
            watch();
            CompletableFuture<LockHandle> z = single(b, "z");
            cluster.delete(cluster.queue("y").get(0).key());
            assertThat(held.isHeld()).isFalse();
            assertThat(told).singleElement().satisfies(loss -> {
                assertThat(loss.reason()).isEqualTo(LockLostReason.FORCED);
                assertThat(loss.key()).isEqualTo("x, y, z");
            });
            assertThat(z.join().isHeld()).isTrue();
            z.join().close();
            assertThat(keys()).isZero();
            assertThat(held.unlock()).isFalse();
        }

        @Test
        void ofTheSessionIsLossOfAll() {
            watch();
            a.store.disconnect();
            while (held.isHeld()) {
                cluster.time.advance(Duration.ofMillis(100));
            }
            assertThat(keys()).as("the server still has the keys").isEqualTo(3);
            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.EXPIRED);
        }

        @Test
        void ofTheCoordinatorReleasesAll() {
            watch();
            assertThat(a.close()).isCompleted();
            assertThat(keys()).isZero();
            assertThat(told).extracting(LockLost::reason).containsExactly(LockLostReason.CLOSED);
            assertThatThrownBy(() -> a.locks.multi(ALL).acquire(OPTIONS))
                    .isInstanceOf(CoordinationClosedException.class);
        }

        @Test
        void ofOneDuringTheReleaseStillReleasesTheOthers() {
            HeldCalls release =
                    a.store.onNextTxn(MultiLockTest::releasesSeveral).hold();
            held.close();
            cluster.delete(cluster.queue("x").get(0).key());
            release.release();
            assertThat(keys()).isZero();
        }
    }

    @Test
    void aWaiterThatLosesOneOfItsKeysQueuesAgainEverywhere() {
        LockHandle x = single(b, "x").join();
        CompletableFuture<MultiLockHandle> waiting = ask(a, "x", "y");
        long before = cluster.queue("y").get(0).createRevision();
        cluster.delete(cluster.queue("y").get(0).key());
        assertThat(waiting).isNotDone();
        assertThat(cluster.queue("x")).hasSize(2);
        assertThat(cluster.queue("y").get(0).createRevision()).isGreaterThan(before);
        x.close();
        granted(waiting).close();
    }

    @Nested
    class Leaving {

        private final LockHandle y = single(b, "y").join();

        @AfterEach
        void nothingIsLeft() {
            cluster.moment();
            assertThat(keys()).isEqualTo(1);
            y.close();
        }

        @Test
        void byCancellation() {
            ask(a, "x", "y").cancel(false);
        }

        @Test
        void byTime() {
            HoldOptions limited =
                    OPTIONS.toBuilder().waitTime(Duration.ofSeconds(20)).build();
            CompletableFuture<MultiLockHandle> waiting = a.locks.multi(ALL).acquireAsync(limited);
            CompletableFuture<Optional<MultiLockHandle>> trying =
                    a.locks.multi(ALL).tryAcquireAsync(limited);
            cluster.time.advance(Duration.ofSeconds(20));
            assertFailed(waiting, ErrorCode.TIMEOUT_ERROR);
            assertThat(trying).isCompletedWithValue(Optional.empty());
        }

        @Test
        void byInterrupt() {
            Caller<MultiLockHandle> waiting = Caller.of(() -> a.locks.multi(ALL).acquire(OPTIONS));
            waiting.interrupt();
            assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
        }

        @Test
        void whileTheSessionOpens() {
            HeldCalls grant = a.store.onNext(StoreCall.Grant.class).hold();
            ask(a, "x", "y").cancel(false);
            grant.release();
        }

        @Test
        void whenTheAnswerToTheEnqueueWasLost() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<MultiLockHandle> waiting = ask(a, "x", "y", "z");
            assertThat(keys()).isEqualTo(4);
            waiting.cancel(false);
        }

        @Test
        void beforeALateEnqueueArrives() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<MultiLockHandle> waiting = ask(a, "x", "y", "z");
            late.timeOut();
            waiting.cancel(false);
            cluster.moment();
            late.release();
        }
    }

    @Nested
    class LostAnswers {

        @Test
        void toAnEnqueueMakeOneKeyInEachQueue() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<MultiLockHandle> asked = ask(a, "x", "y", "z");
            cluster.moment();
            assertThat(keys()).isEqualTo(3);
            granted(asked).close();
        }

        @Test
        void toAnEnqueueOfWhichAnOperatorDeletedAKeyQueueAgain() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            CompletableFuture<MultiLockHandle> asked = ask(a, "x", "y", "z");
            cluster.delete(cluster.queue("x").get(0).key());
            cluster.moment();
            assertThat(keys()).isEqualTo(3);
            granted(asked).close();
        }

        @Test
        void toAnEnqueueThatArrivesAfterTheReleaseTakeNothing() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            CompletableFuture<MultiLockHandle> asked = ask(a, "x", "y", "z");
            late.timeOut();
            cluster.moment();
            granted(asked).close();
            late.release();
            assertThat(keys()).isZero();
        }

        @Test
        void toATryMakeOneKeyInEachQueue() {
            a.store.onNextTxn(Sent::attempt).loseAnswer();
            CompletableFuture<Optional<MultiLockHandle>> asked = tryOnce(a, "x", "y", "z");
            cluster.moment();
            assertThat(keys()).isEqualTo(3);
            asked.join().orElseThrow().close();
        }

        @Test
        void toAReleaseAreNoFailure() {
            MultiLockHandle held = granted(ask(a, "x", "y"));
            a.store.onNextTxn(MultiLockTest::releasesSeveral).loseAnswer();
            Caller<Boolean> unlocking = Caller.of(held::unlock);
            cluster.moment();
            assertThat(unlocking.result()).isTrue();
        }

        @Test
        void toEveryReleaseAreSaid() {
            MultiLockHandle held = granted(ask(a, "x", "y"));
            FaultRule lost = a.store.onEveryTxn(MultiLockTest::releasesSeveral).loseRequest();
            Caller<Boolean> unlocking = Caller.of(held::unlock);
            cluster.time.advance(Cluster.REQUEST_TIMEOUT);
            assertThat(unlocking.failure())
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue());
            lost.end();
            cluster.moment();
            assertThat(keys()).isZero();
        }
    }

    /** Whatever happens, no lock has two holders, and everybody is served in the end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void inAnyWeather(long seed) {
        Random random = new Random(seed);
        Weather weather = new Weather(cluster, List.of(a, b), random, what -> {});
        List<CompletableFuture<MultiLockHandle>> asked = new ArrayList<>();
        for (int step = 0; step < 150; step++) {
            int dice = random.nextInt(6);
            if (dice < 2) {
                List<String> some = new ArrayList<>(ALL);
                Collections.shuffle(some, random);
                Node node = random.nextBoolean() ? a : b;
                asked.add(
                        node.locks.multi(some.subList(0, 1 + random.nextInt(3))).acquireAsync(OPTIONS));
            } else if (dice == 2) {
                weather.change();
            } else if (dice == 3 && !asked.isEmpty()) {
                asked.remove(random.nextInt(asked.size())).thenAccept(MultiLockHandle::close);
            } else if (dice == 4 && !asked.isEmpty()) {
                asked.get(random.nextInt(asked.size())).cancel(false);
            }
            cluster.time.advance(Duration.ofMillis(random.nextInt(800)));
            assertThat(held(asked)).doesNotHaveDuplicates();
        }
        weather.clear();
        for (int round = 0; round < 200 && !asked.isEmpty(); round++) {
            asked.removeIf(one -> {
                if (one.isDone() && !one.isCompletedExceptionally()) {
                    one.join().close();
                }
                return one.isDone();
            });
            weather.pass(Duration.ofSeconds(1));
            assertThat(held(asked)).doesNotHaveDuplicates();
        }
        assertThat(asked).as("everybody is served").isEmpty();
        weather.pass(TTL.multipliedBy(2));
        assertThat(keys()).isZero();
    }

    private static Stream<String> held(List<CompletableFuture<MultiLockHandle>> asked) {
        return asked.stream()
                .filter(one -> one.isDone() && !one.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .filter(MultiLockHandle::isHeld)
                .flatMap(held -> held.keys().stream());
    }
}
