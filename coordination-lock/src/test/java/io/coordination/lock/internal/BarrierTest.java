package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.synchronizer.BarrierParty;
import io.coordination.lock.synchronizer.DistributedBarrier;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultRule;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The double barrier, its crashes, its races, and what it leaves behind. */
class BarrierTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final DistributedBarrier mine = of(a, 2);
    private final DistributedBarrier other = of(b, 2);

    private static DistributedBarrier of(Node node, int parties) {
        return node.locks.barrier("gate", parties, Cluster.TTL);
    }

    @AfterEach
    void nothingStays() {
        List.of(a, b).forEach(node -> node.store.reconnect());
        List.of(a, b).forEach(Node::close);
        cluster.assertNothingStays();
    }

    private static Caller<BarrierParty> entering(DistributedBarrier barrier) {
        return Caller.of(barrier::enter);
    }

    private static Caller<Boolean> leaving(BarrierParty party) {
        return Caller.of(() -> party.leave(LONG));
    }

    private List<String> places() {
        return cluster.allKeys().stream()
                .filter(key -> key.startsWith("/test/barriers/gate/") && !key.endsWith("!begun"))
                .toList();
    }

    private static boolean arrives(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Put put && put.key().matches(".*/barriers/.*-[0-9]+"));
    }

    @Nested
    class Rounds {

        @Test
        void beginAndEndTogether() {
            for (int round = 0; round < 3; round++) {
                Caller<BarrierParty> first = entering(mine);
                assertThat(first.isWaiting()).isTrue();
                BarrierParty second = entering(other).result();
                BarrierParty party = first.result();
                assertThat(party.isPresent() && second.isPresent()).isTrue();
                Caller<Boolean> left = leaving(party);
                assertThat(left.isWaiting()).isTrue();
                assertThat(party.isPresent()).isFalse();
                assertThat(leaving(second).result()).isTrue();
                assertThat(left.result()).isTrue();
                assertThat(cluster.allKeys()).noneMatch(key -> key.contains("/barriers/"));
            }
        }

        @Test
        void ofOneNeedNobody() throws InterruptedException {
            BarrierParty alone = of(a, 1).enter(Duration.ZERO).orElseThrow();
            assertThat(alone.leave(Duration.ZERO)).isTrue();
        }

        @Test
        void areNotEnteredByAPartyTooMany() throws InterruptedException {
            Caller<BarrierParty> first = entering(mine);
            BarrierParty second = other.enter();
            BarrierParty party = first.result();
            assertThat(catchThrowableOfType(ConflictException.class, other::enter))
                    .hasMessageContaining("2 parties");
            Caller<Boolean> left = leaving(party);
            assertThat(catchThrowableOfType(ConflictException.class, other::enter))
                    .as("while others are leaving")
                    .isNotNull();
            second.close();
            assertThat(left.result()).isTrue();
        }

        @Test
        void areNotEnteredForAnotherNumberOfParties() {
            Caller<BarrierParty> first = entering(mine);
            CoordinationException failure = catchThrowableOfType(CoordinationException.class, () -> of(b, 3).enter());
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_STATE);
            first.interrupt();
            assertThat(first.failure()).isInstanceOf(InterruptedException.class);
        }

        @Test
        void areNotDisturbedByWhatIsNoneOfTheirBusiness() {
            Caller<BarrierParty> first = entering(mine);
            cluster.memory
                    .txn(Txn.always(
                            Txn.Op.put("/test/barriers/gate/note", io.coordination.store.Bytes.utf8("spurious"), 0)))
                    .join();
            cluster.writeElsewhere();
            cluster.delete("/test/barriers/gate/note");
            assertThat(first.isWaiting()).isTrue();
            BarrierParty second = entering(other).result();
            second.close();
            first.result().close();
        }

        @Test
        void areLeftOnce() throws InterruptedException {
            BarrierParty alone = of(a, 1).enter();
            alone.leave();
            alone.close();
            assertThat(catchThrowableOfType(CoordinationException.class, alone::leave)
                            .code())
                    .isEqualTo(ErrorCode.INVALID_STATE);
        }
    }

    @Nested
    class GivingUp {

        @Test
        void byTimeFreesThePlace() {
            Caller<Optional<BarrierParty>> brief = Caller.of(() -> mine.enter(Duration.ofSeconds(3)));
            cluster.time.advance(Duration.ofSeconds(3));
            assertThat(brief.result()).isEmpty();
            assertThat(places()).isEmpty();
        }

        @Test
        void withoutWaitingWritesNothing() throws InterruptedException {
            assertThat(mine.enter(Duration.ZERO)).isEmpty();
            assertThat(a.store.txns()).noneMatch(BarrierTest::arrives);
            Caller<BarrierParty> first = entering(mine);
            other.enter(Duration.ZERO).orElseThrow().close();
            first.result().close();
        }

        @Test
        void byInterruptFreesThePlace() {
            Caller<BarrierParty> first = entering(mine);
            first.interrupt();
            assertThat(first.failure()).isInstanceOf(InterruptedException.class);
            assertThat(places()).isEmpty();
        }

        @Test
        void thatComesLaterThanTheLastPartyComesTooLate() {
            a.store.watches().hold();
            Caller<BarrierParty> first = entering(mine);
            BarrierParty second = entering(other).result();
            assertThat(first.isWaiting()).as("it has not heard yet").isTrue();
            first.interrupt();
            BarrierParty party = first.result();
            assertThat(first.wasInterruptedAfterwards()).isTrue();
            assertThat(party.isPresent()).isTrue();
            a.store.watches().release();
            party.close();
            second.close();
        }

        @Test
        void whileTheLastOneArrivesDoesNotBeginARound() {
            Caller<BarrierParty> first = entering(mine);
            FaultRule between = b.store.onNextTxn(BarrierTest::arrives).runBefore(() -> {
                first.interrupt();
                assertThat(first.failure()).isInstanceOf(InterruptedException.class);
            });
            Caller<BarrierParty> second = entering(other);
            assertThat(between.hits()).isEqualTo(1);
            await().until(() -> {
                cluster.moment();
                return places().size() == 1;
            });
            assertThat(second.isWaiting()).as("the other has gone").isTrue();
            second.interrupt();
            assertThat(second.failure()).isInstanceOf(InterruptedException.class);
        }
    }

    @Nested
    class Crashes {

        @Test
        void beforeTheRoundFreeThePlace() {
            Caller<BarrierParty> crashed = entering(mine);
            a.store.disconnect();
            b.store.reconnect();
            cluster.time.advance(Cluster.TTL.plusSeconds(1));
            assertThat(places()).isEmpty();
            assertThat(crashed.failure()).isInstanceOf(LockLostException.class);
            Caller<BarrierParty> first = entering(other);
            BarrierParty second = entering(other).result();
            second.close();
            first.result().close();
        }

        @Test
        void insideTheRoundLetTheOthersLeave() {
            Caller<BarrierParty> first = entering(mine);
            BarrierParty second = entering(other).result();
            BarrierParty crashed = first.result();
            a.store.disconnect();
            Caller<Boolean> left = leaving(second);
            assertThat(left.isWaiting()).isTrue();
            cluster.time.advance(Cluster.TTL.plusSeconds(1));
            assertThat(left.result()).isTrue();
            assertThat(crashed.isPresent()).isFalse();
            a.store.reconnect();
            cluster.moment();
            assertThat(catchThrowableOfType(LockLostException.class, crashed::leave))
                    .isNotNull();
        }

        @Test
        void ofAllLeaveABarrierThatCanBeEntered() {
            Caller<BarrierParty> first = entering(mine);
            entering(other).result();
            first.result();
            a.store.disconnect();
            b.store.disconnect();
            cluster.time.advance(Cluster.TTL.plusSeconds(1));
            assertThat(places()).isEmpty();
            Node fresh = cluster.node();
            Caller<BarrierParty> again = entering(of(fresh, 2));
            assertThat(again.isWaiting())
                    .as("what is left of the old round does not count")
                    .isTrue();
            BarrierParty last = entering(of(fresh, 2)).result();
            last.close();
            again.result().close();
            fresh.close().join();
        }

        @Test
        void anOperatorsDeleteIsALoss() {
            Caller<BarrierParty> first = entering(mine);
            cluster.delete(places().get(0));
            assertThat(first.failure()).isInstanceOf(LockLostException.class);
        }
    }

    @Nested
    class LostAnswers {

        @Test
        void ofArrivalsAreReadBack() {
            FaultRule lost = a.store.onNextTxn(BarrierTest::arrives).loseAnswer();
            Caller<BarrierParty> first = entering(mine);
            await().until(() -> {
                cluster.moment();
                return places().size() == 1;
            });
            assertThat(lost.hits()).isEqualTo(1);
            FaultRule lostLast = b.store.onNextTxn(BarrierTest::arrives).loseAnswer();
            Caller<BarrierParty> second = Caller.of(other::enter);
            await().until(() -> {
                cluster.moment();
                return !second.isWaiting();
            });
            assertThat(lostLast.hits()).isEqualTo(1);
            second.result().close();
            first.result().close();
        }

        @Test
        void ofArrivalsLeaveNoKeyWhenThePartyGivesUp() {
            HeldCalls late = a.store.onNextTxn(BarrierTest::arrives).hold();
            Caller<BarrierParty> first = entering(mine);
            first.interrupt();
            assertThat(first.failure()).isInstanceOf(InterruptedException.class);
            late.release();
            cluster.moment();
            assertThat(places()).isEmpty();
        }

        @Test
        void ofDeparturesAreReadBack() {
            Caller<BarrierParty> first = entering(mine);
            BarrierParty second = entering(other).result();
            BarrierParty party = first.result();
            FaultRule lost = a.store
                    .onNextTxn(txn -> txn.success().stream().allMatch(Txn.Delete.class::isInstance))
                    .loseAnswer();
            Caller<Boolean> left = leaving(party);
            cluster.moment();
            assertThat(lost.hits()).isEqualTo(1);
            second.close();
            assertThat(left.result()).isTrue();
        }

        @Test
        void ofDeparturesEndTheCallAfterTheRequestTimeout() {
            Caller<Boolean> left = leavingUnheard();
            cluster.time.advance(Cluster.REQUEST_TIMEOUT);
            assertThat((CoordinationException) left.failure())
                    .hasMessageContaining("leaving barrier 'gate' was not answered within")
                    .matches(CoordinationException::outcomeUnknown);
        }

        @Test
        void ofDeparturesLetAnInterruptEndTheCall() {
            Caller<Boolean> left = leavingUnheard();
            left.interrupt();
            assertThat(left.failure()).isInstanceOf(InterruptedException.class);
        }

        private Caller<Boolean> leavingUnheard() {
            Caller<BarrierParty> first = entering(mine);
            entering(other).result();
            a.store.disconnect();
            return leaving(first.result());
        }
    }

    @Test
    void closingTheCoordinatorLeavesAndEndsWaits() {
        Caller<BarrierParty> first = entering(mine);
        BarrierParty second = entering(other).result();
        Caller<Boolean> left = leaving(first.result());
        a.close().join();
        assertThat(left.failure())
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
        b.close().join();
        assertThat(second.isPresent()).isFalse();
        assertThat(cluster.allKeys()).isEmpty();
    }
}
