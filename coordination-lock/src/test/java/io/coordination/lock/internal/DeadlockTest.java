package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.ErrorCode;
import io.coordination.LockDeadlockException;
import io.coordination.lock.LockOptions;
import io.coordination.lock.admin.LockWait;
import io.coordination.store.Bytes;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.Txn.Put;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Owners that wait for each other: one of them is told, once it is certain, and nobody else is disturbed. */
class DeadlockTest {

    private static final Duration THRESHOLD = Duration.ofSeconds(1);
    private static final LockOptions OPTIONS =
            Node.OPTIONS.toBuilder().detectDeadlocksAfter(THRESHOLD).build();

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final List<Worker> workers = new ArrayList<>();

    @AfterEach
    void nothingStays() {
        a.store.reconnect();
        b.store.reconnect();
        workers.forEach(Worker::finish);
        cluster.assertNothingStays();
        assertThat(a.locks.deadlocks().owners().count()).isZero();
        assertThat(b.locks.deadlocks().owners().count()).isZero();
    }

    private Worker worker(Node node, String name) {
        return worker(node, name, OPTIONS);
    }

    private Worker worker(Node node, String name, LockOptions options) {
        Worker worker = new Worker(node, name, options);
        workers.add(worker);
        return worker;
    }

    private void thresholds(int count) {
        for (int i = 0; i < count; i++) {
            cluster.time.advance(THRESHOLD);
        }
    }

    private List<String> published() {
        return cluster.allKeys().stream()
                .filter(key -> key.matches("/test/sessions/[0-9a-f]+/w-[0-9]+"))
                .toList();
    }

    private static boolean publishes(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Put put && put.key().contains("/w-"));
    }

    private static LockDeadlockException deadlock(Worker worker) {
        Throwable failure = worker.failure();
        assertThat(failure).isInstanceOf(LockDeadlockException.class);
        return (LockDeadlockException) failure;
    }

    /** Which of two was answered; its thread has to wake up first. */
    private static Worker victim(Worker one, Worker other) {
        await().until(() -> !one.isWaiting() || !other.isWaiting());
        return one.isWaiting() ? other : one;
    }

    @Nested
    class OfTwoProcesses {

        private final Worker t = worker(a, "t").take("L");
        private final Worker u = worker(b, "u").take("M");

        private void close() {
            t.waitFor("M");
            u.waitFor("L");
        }

        @Test
        void failsTheYoungerWaitAndTheOtherGoesOn() {
            close();
            thresholds(3);

            LockDeadlockException deadlock = deadlock(u);
            assertThat(deadlock.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(deadlock.retryable()).isFalse();
            assertThat(deadlock.cycle()).extracting(LockWait::owner).containsExactly("u", "t");
            assertThat(deadlock.cycle()).extracting(LockWait::waitsFor).containsExactly("L", "M");
            assertThat(deadlock).hasMessageContaining("u").hasMessageContaining("'M'");
            assertThat(t.isWaiting()).as("nothing is taken from a holder").isTrue();
            assertThat(cluster.queue("L")).as("the place is gone").hasSize(1);

            u.release();
            assertThat(t.granted().isHeld()).isTrue();
        }

        @Test
        void isNotSaidAfterOneLook() {
            close();
            thresholds(1);
            assertThat(published()).hasSize(2);
            assertThat(u.isWaiting()).isTrue();
        }

        @Test
        void costsNothingBeforeTheThreshold() {
            close();
            long before = cluster.revision();
            cluster.time.advance(THRESHOLD.minusMillis(1));
            assertThat(cluster.revision()).isEqualTo(before);
            assertThat(published()).isEmpty();
        }

        @Test
        void isNoneWhenOneOfThemGoesOn() {
            close();
            thresholds(1);
            t.finish();
            workers.remove(t);
            thresholds(5);
            assertThat(u.granted().isHeld()).isTrue();
        }

        @Test
        void isFoundAlsoWhenAnswersAndEventsAreLost() {
            a.store.onNextTxn(DeadlockTest::publishes).loseAnswer();
            b.store.onNextTxn(DeadlockTest::publishes).loseRequest();
            close();
            thresholds(8);
            deadlock(u);
        }

        @Test
        void isNotSaidByAProcessThatCannotReadWhatIsTrueNow() {
            close();
            thresholds(1);
            FaultRule reads = b.store.onEvery(StoreCall.Range.class).loseRequest();
            thresholds(5);
            assertThat(u.isWaiting()).isTrue();
            reads.end();
            thresholds(4);
            deadlock(u);
        }

        @Test
        void needsBothToAskForIt() {
            t.waitFor("M");
            Worker silent = worker(b, "silent", Node.OPTIONS);
            u.release();
            t.granted();
            silent.waitFor("L");
            thresholds(5);
            assertThat(silent.isWaiting()).isTrue();
            t.release();
            t.release();
            silent.granted();
        }
    }

    @Nested
    class OfOneProcess {

        @Test
        void isFoundBetweenThreads() {
            Worker t = worker(a, "t").take("L");
            Worker u = worker(a, "u").take("M");
            t.waitFor("M");
            u.waitFor("L");
            thresholds(3);
            Worker victim = victim(t, u);
            assertThat(deadlock(victim).cycle()).hasSize(2);
            victim.release();
        }

        @Test
        void isFoundWhenAThreadWaitsForItself() {
            Worker t = worker(a, "t").take("L");
            t.waitFor("L");
            thresholds(3);
            assertThat(deadlock(t).cycle()).extracting(LockWait::owner).containsExactly("t");
        }

        @Test
        void isNoneAmongItsThreadsWhenOnlyProcessesWaitForEachOther() {
            worker(a, "t1").take("L");
            worker(b, "u1").take("M");
            Worker t2 = worker(a, "t2").waitFor("M");
            Worker u2 = worker(b, "u2").waitFor("L");
            thresholds(10);
            assertThat(t2.isWaiting()).isTrue();
            assertThat(u2.isWaiting()).isTrue();
        }
    }

    @Nested
    class OfSeveral {

        @Test
        void goesThroughWaitersThatOnlyStandInFront() {
            // v holds K and waits for L behind u, who waits for L behind t, who waits for K.
            Worker t = worker(a, "t").take("L");
            Worker v = worker(cluster.node(), "v").take("K");
            worker(b, "u").waitFor("L");
            v.waitFor("L");
            t.waitFor("K");
            thresholds(3);
            assertThat(deadlock(t).cycle()).extracting(LockWait::owner).containsExactly("t", "v");
        }

        @Test
        void ofThreeHasOneVictim() {
            Node c = cluster.node();
            Worker t = worker(a, "t").take("K");
            Worker u = worker(b, "u").take("L");
            Worker v = worker(c, "v").take("M");
            t.waitFor("L");
            u.waitFor("M");
            v.waitFor("K");
            thresholds(4);
            assertThat(deadlock(v).cycle()).extracting(LockWait::owner).containsExactly("v", "t", "u");
            assertThat(t.isWaiting()).isTrue();
            assertThat(u.isWaiting()).isTrue();
            v.release();
            u.granted();
        }

        @Test
        void isFoundBehindALocalHolder() {
            // w shares its process with the holder t and has no key of its own.
            Worker t = worker(a, "t").take("L");
            Worker w = worker(a, "w").take("N");
            w.waitFor("L");
            t.waitFor("N");
            thresholds(3);
            Worker victim = victim(t, w);
            assertThat(deadlock(victim).cycle()).hasSize(2);
            victim.release();
        }
    }

    @Nested
    class APublication {

        private final Worker t = worker(a, "t").take("L");
        private final Worker u = worker(b, "u").take("M");

        @Test
        void endsWithTheWait() {
            t.waitFor("M");
            thresholds(1);
            assertThat(published()).hasSize(1);
            u.release();
            t.granted();
            assertThat(published()).isEmpty();
        }

        @Test
        void endsWhenTheWaitIsInterrupted() {
            t.waitFor("M");
            thresholds(1);
            t.finish();
            workers.remove(t);
            assertThat(published()).isEmpty();
        }

        @Test
        void thatIsAnsweredAfterTheEndIsRemoved() {
            HeldCalls answer = a.store.onNextTxn(DeadlockTest::publishes).holdAnswer();
            t.waitFor("M");
            thresholds(1);
            u.release();
            t.granted();
            answer.release();
            assertThat(published()).isEmpty();
        }

        @Test
        void thatArrivesAfterItWasGivenUpIsNotApplied() {
            HeldCalls late = a.store.onNextTxn(DeadlockTest::publishes).hold();
            t.waitFor("M");
            thresholds(1);
            late.timeOut();
            u.release();
            t.granted();
            late.release();
            cluster.moment();
            assertThat(published()).isEmpty();
        }

        @Test
        void changesWithWhatItsOwnerHolds() {
            t.take("K");
            t.waitFor("M");
            thresholds(1);
            List<String> before = published();
            assertThat(value(before.get(0)).h()).hasSize(2);
            t.release();
            assertThat(published()).hasSize(1).isNotEqualTo(before);
            assertThat(value(published().get(0)).h()).hasSize(1);
        }

        private LastingWait value(String key) {
            return LastingWait.read(cluster.memory
                            .range(RangeQuery.key(key))
                            .join()
                            .first()
                            .orElseThrow()
                            .value())
                    .orElseThrow();
        }

        @Test
        void ofAnotherMakeIsIgnored() {
            long lease = cluster.queue("L").get(0).lease();
            cluster.memory
                    .txn(Txn.always(Op.put(cluster.keys.sessionKey(lease) + "/w-99", Bytes.utf8("{}"), lease)))
                    .join();
            t.waitFor("M");
            u.waitFor("L");
            thresholds(3);
            deadlock(u);
            cluster.delete(cluster.keys.sessionKey(lease) + "/w-99");
        }
    }
}
