package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Cluster.TTL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.election.Leader;
import io.coordination.lock.election.LeaderOptions;
import io.coordination.lock.election.Leadership;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Candidates, their leaderships, and what they are told of them. */
class ElectionTest {

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final List<Candidate> candidates = new ArrayList<>();

    private Candidate candidate(Node node, String payload) {
        return candidate(node, Candidate.options(payload).build());
    }

    private Candidate candidate(Node node, LeaderOptions options) {
        Candidate candidate = Candidate.of(node, options);
        candidates.add(candidate);
        return candidate;
    }

    @AfterEach
    void nothingStays() {
        a.store.reconnect();
        b.store.reconnect();
        candidates.forEach(candidate -> candidate.candidacy.close());
        cluster.assertNothingStays();
    }

    private static Consumer<Throwable> code(ErrorCode code) {
        return failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void theFirstLeadsAndTheNextFollows() {
        Candidate first = candidate(a, "a");
        Candidate second = candidate(b, "b");
        assertThat(first.leads()).isTrue();
        assertThat(second.leads()).isFalse();
        long token = first.token();
        assertThat(first.candidacy.resign()).isTrue();
        assertThat(second.leads()).isTrue();
        assertThat(second.token()).isGreaterThan(token);
        assertThat(first.told).containsExactly("elected", "RESIGNED");
        assertThat(second.told).containsExactly("elected");
        assertThat(first.candidacy.ended().toCompletableFuture()).isCompleted();
        assertThat(first.candidacy.resign()).isFalse();
    }

    @Test
    void whoResignsWhileHeWaitsLeavesTheQueue() {
        candidate(a, "a");
        Candidate second = candidate(b, "b");
        Candidate third = candidate(a, "c");
        assertThat(second.candidacy.resign()).isFalse();
        assertThat(cluster.queue()).hasSize(2);
        candidates.get(0).candidacy.close();
        assertThat(third.leads()).isTrue();
        assertThat(second.told).isEmpty();
    }

    @Test
    void whoStepsDownStandsAgainAtTheEnd() {
        Candidate first = candidate(a, "a");
        Candidate second = candidate(b, "b");
        assertThat(second.candidacy.stepDown()).isFalse();
        assertThat(first.candidacy.stepDown()).isTrue();
        assertThat(second.leads()).isTrue();
        assertThat(second.candidacy.stepDown()).isTrue();
        assertThat(first.leads()).isTrue();
        assertThat(first.told).containsExactly("elected", "STEPPED_DOWN", "elected");
    }

    @Test
    void whoStepsDownWaitsForTheNewPlace() {
        Candidate first = candidate(a, "a");
        Candidate second = candidate(b, "b");
        HeldCalls enqueue = a.store.onNextTxn(Sent::enqueue).hold();
        Caller<Boolean> steppingDown = Caller.of(first.candidacy::stepDown);
        assertThat(second.leads()).isTrue();
        assertThat(steppingDown.isWaiting()).isTrue();
        enqueue.release();
        assertThat(steppingDown.result()).isTrue();
        assertThat(second.candidacy.stepDown()).isTrue();
        assertThat(first.leads()).isTrue();
    }

    @Test
    void isToldOnlyAfterTheServerConfirmedIt() {
        HeldCalls answer = a.store.onNextTxn(Sent::enqueue).holdAnswer();
        Candidate first = candidate(a, "a");
        assertThat(cluster.queue()).hasSize(1);
        assertThat(first.told).isEmpty();
        assertThat(first.leads()).isFalse();
        answer.release();
        assertThat(first.told).containsExactly("elected");
    }

    @Test
    void aLockOfTheSameNameExcludesALeader() {
        Candidate first = candidate(a, "a");
        assertThat(b.tryOnce()).isEmpty();
        first.candidacy.close();
        assertThat(b.tryOnce()).hasValueSatisfying(lock -> {
            assertThat(candidate(a, "x").leads()).isFalse();
            assertThat(a.locks.election(LOCK).leader()).isEmpty();
            lock.close();
        });
    }

    @Nested
    class Loss {

        @Test
        void isToldOnceAndBeforeTheLeaseCanHaveRunOut() {
            Candidate first = candidate(a, "a");
            Candidate second = candidate(b, "b");
            a.store.disconnect();
            first.onStopped =
                    () -> assertThat(second.leads()).as("nobody leads yet").isFalse();
            long began = cluster.time.nanoTime();
            while (first.leads()) {
                cluster.time.advance(Duration.ofMillis(100));
            }
            assertThat(first.told).containsExactly("elected", "LOST");
            assertThat(Duration.ofNanos(cluster.time.nanoTime() - began)).isLessThan(TTL);
            assertThat(cluster.queue()).as("the server still has its key").hasSize(2);
            cluster.time.advance(TTL);
            assertThat(second.leads()).isTrue();
            assertThat(first.told).containsExactly("elected", "LOST");
        }

        @Test
        void isFollowedByAnotherTryAtTheEndOfTheQueue() {
            Candidate first = candidate(a, "a");
            Candidate second = candidate(b, "b");
            cluster.delete(cluster.first().key());
            assertThat(first.told).startsWith("elected");
            cluster.time.advance(Duration.ofMillis(200));
            assertThat(second.leads()).isTrue();
            assertThat(first.told).containsExactly("elected", "LOST");
            assertThat(cluster.queue()).hasSize(2);
            second.candidacy.close();
            assertThat(first.leads()).isTrue();
        }

        @Test
        void endsTheCandidacyWhereThatIsWanted() {
            Candidate first = candidate(a, Candidate.options("a").rejoin(false).build());
            a.store.dropLeases();
            cluster.time.advance(TTL);
            assertThat(first.told).containsExactly("elected", "LOST");
            assertThat(first.candidacy.ended().toCompletableFuture()).isCompletedExceptionally();
            assertThatThrownBy(
                            () -> first.candidacy.ended().toCompletableFuture().join())
                    .hasCauseInstanceOf(LockLostException.class);
            assertThat(cluster.queue()).isEmpty();
            assertThat(first.candidacy.resign()).isFalse();
        }

        @Test
        void ofTheSessionWhileWaitingIsRiddenOut() {
            Candidate first = candidate(a, "a");
            Candidate second = candidate(b, "b");
            b.store.disconnect();
            cluster.time.advance(TTL.multipliedBy(5));
            b.store.reconnect();
            cluster.time.advance(Duration.ofSeconds(5));
            assertThat(second.told).isEmpty();
            first.candidacy.close();
            assertThat(second.leads()).isTrue();
        }

        @Test
        void neverMakesTwoLeaders() {
            List<Candidate> all = List.of(candidate(a, "a"), candidate(b, "b"), candidate(a, "c"));
            for (int round = 0; round < 200; round++) {
                Node node = round % 2 == 0 ? a : b;
                if (round % 7 == 0) {
                    node.store.disconnect();
                } else if (round % 7 == 3) {
                    a.store.reconnect();
                    b.store.reconnect();
                } else if (round % 7 == 5 && !cluster.queue().isEmpty()) {
                    cluster.deleteSession(cluster.first().lease());
                }
                cluster.time.advance(Duration.ofMillis(700));
                assertThat(all.stream().filter(Candidate::leads).count()).isLessThanOrEqualTo(1);
            }
            a.store.reconnect();
            b.store.reconnect();
            cluster.time.advance(TTL.multipliedBy(2));
            assertThat(all.stream().filter(Candidate::leads).count()).isEqualTo(1);
            assertThat(cluster.queue()).as("one key a candidate").hasSize(3);
            List<Long> tokens = all.stream()
                    .flatMap(each -> each.leaderships.stream())
                    .map(Leadership::fencingToken)
                    .toList();
            assertThat(tokens).doesNotHaveDuplicates();
            all.forEach(each -> assertThat(each.told)
                    .as("elected and stopped by turns")
                    .satisfies(told -> {
                        for (int i = 0; i < told.size(); i++) {
                            assertThat(told.get(i).equals("elected")).isEqualTo(i % 2 == 0);
                        }
                    }));
        }
    }

    @Nested
    class Terms {

        private final Duration term = Duration.ofSeconds(60);

        private Candidate withTerm(Node node, String payload) {
            return candidate(node, Candidate.options(payload).maxTerm(term).build());
        }

        @Test
        void goRound() {
            Candidate first = withTerm(a, "a");
            Candidate second = withTerm(b, "b");
            cluster.time.advance(term.minusSeconds(1));
            assertThat(first.leads()).isTrue();
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(first.told).containsExactly("elected", "TERM_OVER");
            assertThat(second.leads()).isTrue();
            cluster.time.advance(term);
            assertThat(second.told).containsExactly("elected", "TERM_OVER");
            assertThat(first.leads()).isTrue();
        }

        @Test
        void letTheNextInWhenTheListenerHasStopped() {
            a.defersCallbacks = true;
            Candidate first = withTerm(a, "a");
            Candidate second = candidate(b, "b");
            a.runCallbacks();
            cluster.time.advance(term);
            assertThat(first.leads()).isFalse();
            assertThat(second.leads()).as("before the listener has heard of it").isFalse();
            a.runCallbacks();
            assertThat(first.told).containsExactly("elected", "TERM_OVER");
            assertThat(second.leads()).isTrue();
            a.defersCallbacks = false;
        }

        @Test
        void letTheNextInEvenWhenTheListenerHangs() {
            a.defersCallbacks = true;
            Candidate first = withTerm(a, "a");
            Candidate second = candidate(b, "b");
            cluster.time.advance(term.plus(TTL));
            assertThat(first.leads()).isFalse();
            assertThat(second.leads()).isTrue();
            a.defersCallbacks = false;
            a.runCallbacks();
            assertThat(first.told).as("it was over before it was told").isEmpty();
        }

        @Test
        void ofOneWhoIsAloneBeginAnew() {
            Candidate alone = withTerm(a, "a");
            long token = alone.token();
            cluster.time.advance(term);
            assertThat(alone.leads()).isTrue();
            assertThat(alone.token()).isGreaterThan(token);
        }

        @Test
        void thatEndDuringAResignationAreNotToldTwice() {
            a.defersCallbacks = true;
            Candidate first = withTerm(a, "a");
            a.runCallbacks();
            cluster.time.advance(term);
            first.candidacy.close();
            a.defersCallbacks = false;
            a.runCallbacks();
            assertThat(first.told).containsExactly("elected", "TERM_OVER");
            assertThat(cluster.queue()).isEmpty();
        }
    }

    @Nested
    class Payloads {

        @Test
        void areSeenByOthersAndReplacedByTheLeader() {
            Candidate first = candidate(a, "one");
            Candidate second = candidate(b, "other");
            Leader leader = b.locks.election(LOCK).leader().orElseThrow();
            assertThat(leader.payload()).isEqualTo("one");
            assertThat(leader.fencingToken()).isEqualTo(first.token());
            assertThat(leader.node()).isNotEmpty();
            first.candidacy.proclaim("two");
            assertThat(b.locks.election(LOCK).leader()).map(Leader::payload).contains("two");
            assertThat(first.token()).isEqualTo(leader.fencingToken());
            assertThatThrownBy(() -> second.candidacy.proclaim("no"))
                    .satisfies(code(ErrorCode.INVALID_STATE))
                    .hasMessageContaining(LOCK);
        }

        @Test
        void ofOthersAreNotReplacedAfterALoss() {
            Candidate first = candidate(a, "one");
            HeldCalls proclaim = a.store.onNextTxn(Sent::rewrite).hold();
            Caller<Void> caller = Caller.of(() -> {
                first.candidacy.proclaim("late");
                return null;
            });
            cluster.delete(cluster.first().key());
            Candidate second = candidate(b, "two");
            proclaim.release();
            assertThat(caller.failure()).isInstanceOf(LockLostException.class);
            assertThat(second.leads()).isTrue();
            assertThat(a.locks.election(LOCK).leader()).map(Leader::payload).contains("two");
        }

        @Test
        void whoseAnswerWasLostAreStoredOnceAndInOrder() {
            Candidate first = candidate(a, "one");
            HeldCalls late = a.store.onNextTxn(Sent::rewrite).hold();
            Caller<Void> caller = Caller.of(() -> {
                first.candidacy.proclaim("two");
                return null;
            });
            late.timeOut();
            cluster.moment();
            caller.result();
            first.candidacy.proclaim("three");
            late.release();
            assertThat(a.locks.election(LOCK).leader()).map(Leader::payload).contains("three");
            a.store.onNextTxn(Sent::rewrite).loseAnswer();
            Caller<Void> second = Caller.of(() -> {
                first.candidacy.proclaim("four");
                return null;
            });
            cluster.moment();
            second.result();
            assertThat(a.locks.election(LOCK).leader()).map(Leader::payload).contains("four");
        }

        @Test
        void thatCannotBeStoredInTimeSaySo() {
            Candidate first = candidate(a, "one");
            FaultRule lost = a.store.onEveryTxn(Sent::rewrite).loseRequest();
            Caller<Void> caller = Caller.of(() -> {
                first.candidacy.proclaim("two");
                return null;
            });
            cluster.time.advance(Cluster.REQUEST_TIMEOUT);
            assertThat(caller.failure())
                    .satisfies(code(ErrorCode.TIMEOUT_ERROR))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.outcomeUnknown()).isTrue());
            lost.end();
            cluster.moment();
            assertThat(a.locks.election(LOCK).leader()).map(Leader::payload).contains("two");
        }

        @Test
        void beginAnewWithTheNextLeadership() {
            Candidate first = candidate(a, "one");
            first.candidacy.proclaim("two");
            first.candidacy.stepDown();
            assertThat(a.locks.election(LOCK).leader()).map(Leader::payload).contains("one");
        }
    }

    @Nested
    class Watching {

        private final List<String> seen = new ArrayList<>();

        private void see(Optional<Leader> leader) {
            seen.add(leader.map(Leader::payload).orElse("nobody"));
        }

        @Test
        void tellsThePresentLeaderAndEveryChangeInOrder() {
            var watch = b.locks.election(LOCK).observe(this::see);
            Candidate first = candidate(a, "one");
            candidate(b, "two");
            first.candidacy.proclaim("one and a half");
            first.candidacy.close();
            candidates.get(1).candidacy.close();
            assertThat(seen).containsExactly("nobody", "one", "one and a half", "two", "nobody");
            watch.close();
            candidate(a, "three");
            assertThat(seen).hasSize(5);
        }

        @Test
        void beginsWithWhoLeadsAlready() {
            candidate(a, "one");
            var watch = b.locks.election(LOCK).observe(this::see);
            assertThat(seen).containsExactly("one");
            watch.close();
            assertThat(watch.isClosed()).isTrue();
        }

        @Test
        void bridgesAGap() {
            Candidate first = candidate(a, "one");
            var watch = b.locks.election(LOCK).observe(this::see);
            b.store.disconnect();
            first.candidacy.proclaim("two");
            first.candidacy.proclaim("three");
            cluster.compact();
            b.store.reconnect();
            cluster.time.advance(Duration.ofSeconds(5));
            assertThat(seen).startsWith("one").endsWith("three");
            watch.close();
        }

        @Test
        void endsWithTheCoordinator() {
            var watch = b.locks.election(LOCK).observe(this::see);
            b.close().join();
            assertThat(watch.isClosed()).isTrue();
        }
    }

    @Nested
    class Listeners {

        @Test
        void thatThrowChangeNothing() {
            Candidate first = candidate(a, "a");
            first.candidacy.stepDown();
            first.onElected = () -> {
                throw new IllegalStateException("because a test wants it so");
            };
            first.onStopped = first.onElected;
            first.candidacy.stepDown();
            first.candidacy.stepDown();
            assertThat(first.leads()).isTrue();
            assertThat(first.told)
                    .containsExactly(
                            "elected", "STEPPED_DOWN", "elected", "STEPPED_DOWN", "elected", "STEPPED_DOWN", "elected");
        }

        @Test
        void mayResignAtOnce() {
            Candidate[] first = new Candidate[1];
            a.defersCallbacks = true;
            first[0] = candidate(a, "a");
            first[0].onElected = () -> first[0].candidacy.resign();
            a.defersCallbacks = false;
            a.runCallbacks();
            assertThat(first[0].told).containsExactly("elected", "RESIGNED");
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void hearNothingOfALeadershipThatWasOverBefore() {
            a.defersCallbacks = true;
            Candidate first = candidate(a, "a");
            first.candidacy.resign();
            a.defersCallbacks = false;
            a.runCallbacks();
            assertThat(first.told).isEmpty();
        }
    }

    @Nested
    class Failures {

        @Test
        void ofTheServerAreRiddenOut() {
            a.store.disconnect();
            Candidate first = candidate(a, "a");
            cluster.time.advance(TTL.multipliedBy(3));
            assertThat(first.leads()).isFalse();
            a.store.reconnect();
            cluster.time.advance(Duration.ofSeconds(5));
            assertThat(first.leads()).isTrue();
        }

        @Test
        void thatLastEndTheCandidacy() {
            a.store.onNextTxn(Sent::enqueue).refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "no"));
            Candidate first = candidate(a, "a");
            assertThatThrownBy(
                            () -> first.candidacy.ended().toCompletableFuture().join())
                    .cause()
                    .satisfies(code(ErrorCode.PERMISSION_DENIED));
        }

        @Test
        void thatLoseTheAnswerOfTheEnqueueMakeOneKey() {
            a.store.onNextTxn(Sent::enqueue).loseAnswer();
            Candidate first = candidate(a, "a");
            cluster.moment();
            assertThat(first.leads()).isTrue();
            assertThat(cluster.queue()).hasSize(1);
        }

        @Test
        void thatDelayTheEnqueueLeaveNoKeyOfWhoGaveUp() {
            HeldCalls late = a.store.onNextTxn(Sent::enqueue).hold();
            Candidate first = candidate(a, "a");
            late.timeOut();
            first.candidacy.close();
            cluster.moment();
            late.release();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void thatLoseTheAnswerOfTheReleaseDoNotKeepTheNextOut() {
            Candidate first = candidate(a, "a");
            Candidate second = candidate(b, "b");
            FaultRule lost = a.store.onEveryTxn(Sent::release).loseRequest();
            first.candidacy.close();
            assertThat(first.leads()).isFalse();
            assertThat(second.leads()).isFalse();
            lost.end();
            cluster.moment();
            assertThat(second.leads()).isTrue();
        }
    }

    @Nested
    class Closing {

        @Test
        void endsLeadershipsAndCandidacies() {
            Candidate first = candidate(a, "a");
            Candidate waiting = candidate(a, "c");
            Candidate second = candidate(b, "b");
            assertThat(a.close()).isCompleted();
            assertThat(first.told).containsExactly("elected", "CLOSED");
            assertThat(waiting.told).isEmpty();
            assertThat(first.candidacy.ended().toCompletableFuture()).isCompleted();
            assertThat(second.leads()).isTrue();
            assertThat(cluster.queue()).hasSize(1);
            assertThatThrownBy(() -> candidate(a, "x")).isInstanceOf(CoordinationClosedException.class);
            assertThatThrownBy(() -> a.locks.election(LOCK).leader()).isInstanceOf(CoordinationClosedException.class);
        }

        @Test
        void waitsForKeysThatMayStillCome() {
            HeldCalls enqueue = a.store.onNextTxn(Sent::enqueue).hold();
            candidate(a, "a");
            CompletableFuture<Void> closed = a.locks.closeAsync();
            assertThat(closed).isNotDone();
            enqueue.release();
            assertThat(closed).isCompleted();
            assertThat(cluster.queue()).isEmpty();
        }

        @Test
        void duringTheOpeningOfASessionLeavesNothing() {
            HeldCalls grant = a.store.onNext(StoreCall.Grant.class).hold();
            candidate(a, "a");
            assertThat(a.locks.closeAsync()).isCompleted();
            grant.release();
            assertThat(cluster.queue()).isEmpty();
        }
    }
}
