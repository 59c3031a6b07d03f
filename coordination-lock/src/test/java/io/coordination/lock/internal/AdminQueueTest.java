package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.admin.LockMode;
import io.coordination.lock.admin.LockPlace;
import io.coordination.lock.admin.LockQueueState;
import io.coordination.store.Bytes;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What an operator is shown. */
class AdminQueueTest {

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final Node operator = cluster.node();
    private final LockAdmin admin = operator.locks.admin();

    private static LockOptions labelled(String label) {
        return Node.OPTIONS.toBuilder().label(label).build();
    }

    private LockQueueState queue() {
        return admin.queue(LOCK);
    }

    @Nested
    class Queue {

        private final List<CompletableFuture<LockHandle>> asked = new ArrayList<>();

        @AfterEach
        void releaseAll() {
            asked.forEach(future -> future.join().close());
            cluster.assertNothingStays();
        }

        @Test
        void thatNobodyWantsIsEmpty() {
            assertThat(queue().places()).isEmpty();
            assertThat(queue().key()).isEqualTo(LOCK);
            assertThat(queue().revision()).isEqualTo(cluster.revision());
        }

        @Test
        void showsTheHolderAndTheWaitersInTheirOrder() {
            asked.add(a.ask(labelled("first")));
            cluster.time.advance(Duration.ofSeconds(1));
            asked.add(b.ask(labelled("second")));
            asked.add(cluster.node().ask());

            LockQueueState state = queue();

            assertThat(state.holders()).singleElement().satisfies(holder -> {
                assertThat(holder.label()).contains("first");
                assertThat(holder.mode()).isEqualTo(LockMode.EXCLUSIVE);
                assertThat(holder.permits()).isEqualTo(1);
                assertThat(holder.since()).contains(Instant.parse("2030-01-01T00:00:00Z"));
                assertThat(holder.createRevision() << 16)
                        .isEqualTo(asked.get(0).join().fencingToken());
                assertThat(holder.process()).hasValueSatisfying(process -> {
                    assertThat(process.pid()).isEqualTo(ProcessHandle.current().pid());
                    assertThat(process.node()).isEqualTo(process.host());
                });
            });
            assertThat(state.waiters())
                    .extracting(place -> place.label().orElse("none"))
                    .containsExactly("second", "none");
            assertThat(state.waiters().get(0).since()).contains(Instant.parse("2030-01-01T00:00:01Z"));
            assertThat(state.places())
                    .extracting(LockPlace::createRevision)
                    .isSorted()
                    .doesNotHaveDuplicates();
        }

        @Test
        void hasOnePlaceForAllRequestsOfAProcess() {
            asked.add(a.ask());
            IntStream.range(0, 3).forEach(i -> asked.add(b.ask()));
            assertThat(queue().holders()).hasSize(1);
            assertThat(queue().waiters()).hasSize(1);
        }

        @Test
        void hasAnOrderOfRevisionsAndNotOfKeys() {
            // Leases are random numbers: with six of them, key order and revision order differ all but certainly.
            for (int i = 0; i < 6; i++) {
                asked.add(cluster.node().ask(labelled("p" + i)));
            }
            assertThat(queue().places())
                    .extracting(place -> place.label().orElseThrow())
                    .containsExactly("p0", "p1", "p2", "p3", "p4", "p5");
        }

        @Test
        void isReadWithoutWriting() {
            asked.add(a.ask());
            long before = cluster.revision();
            assertThat(queue().holders()).hasSize(1);
            assertThat(admin.names()).containsExactly(LOCK);
            assertThat(cluster.revision()).isEqualTo(before);
            assertThat(operator.store.leases()).isEmpty();
        }

        @Test
        void isOfOneRevisionAlsoWhenItsProcessesEndMeanwhile() {
            asked.add(a.ask());
            HeldCalls sessions = operator.store.onNextTxn(txn -> true).hold();
            Caller<LockQueueState> reading = Caller.of(AdminQueueTest.this::queue);
            a.store.dropLeases().join();
            sessions.release();
            assertThat(reading.result().holders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.process()).isPresent());
        }

        @Test
        void isReadAnewWhenItsRevisionIsCompactedMeanwhile() {
            asked.add(a.ask());
            HeldCalls sessions = operator.store.onNextTxn(txn -> true).hold();
            Caller<LockQueueState> reading = Caller.of(AdminQueueTest.this::queue);
            cluster.compact();
            sessions.release();
            LockQueueState state = reading.result();
            assertThat(state.revision()).isEqualTo(cluster.revision());
            assertThat(state.holders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.process()).isPresent());
        }

        @Test
        void showsAPlaceWhoseSessionKeyIsGone() {
            asked.add(a.ask());
            long lease = cluster.first().lease();
            a.store.watches().cut();
            cluster.deleteSession(lease);
            assertThat(queue().holders())
                    .singleElement()
                    .satisfies(holder -> assertThat(holder.process()).isEmpty());
            a.store.watches().resume();
        }

        @Test
        void showsAPlaceWhoseValueNobodyCanRead() {
            cluster.memory
                    .txn(Txn.always(Op.put(cluster.keys.lockKey(LOCK, 7, 1), Bytes.utf8("not JSON"), 0)))
                    .join();
            assertThat(queue().holders()).singleElement().satisfies(holder -> {
                assertThat(holder.mode()).isEqualTo(LockMode.UNKNOWN);
                assertThat(holder.since()).isEmpty();
                assertThat(holder.label()).isEmpty();
                assertThat(holder.id()).isEqualTo("0000000000000007-1");
            });
            cluster.delete(cluster.keys.lockKey(LOCK, 7, 1));
        }

        @Test
        void failsAsTheServerDoes() {
            operator.store.onNext(StoreCall.Range.class).loseRequest();
            assertThatThrownBy(AdminQueueTest.this::queue).isInstanceOf(CoordinationException.class);
        }

        @Test
        void hasMoreSessionsThanOneTransactionReads() {
            for (int i = 0; i < 130; i++) {
                String session = cluster.keys.sessionKey(i + 1);
                String value = "{\"node\":\"n" + i + "\",\"host\":\"h\",\"pid\":" + i + "}";
                cluster.memory.grant(i + 1, Cluster.TTL).join();
                cluster.memory
                        .txn(Txn.always(
                                Op.put(session, Bytes.utf8(value), i + 1),
                                Op.put(cluster.keys.lockKey(LOCK, i + 1, 1), Bytes.utf8("{\"m\":\"r\"}"), i + 1)))
                        .join();
            }
            assertThat(queue().holders())
                    .hasSize(130)
                    .allSatisfy(place ->
                            assertThat(place.process().orElseThrow().node()).startsWith("n"));
            assertThat(queue().holders().get(129).process().orElseThrow().pid()).isEqualTo(129);
        }
    }

    @Nested
    class Names {

        @Test
        void areThoseOfAllLocksInUse() {
            a.locks.acquireAsync("b/1", Node.OPTIONS).join();
            b.locks.acquireAsync("a", Node.OPTIONS).join();
            b.locks.acquireAsync("..", Node.OPTIONS).join();
            a.locks.acquireAsync("a", Node.OPTIONS);
            LockHandle released = a.locks.acquireAsync("c", Node.OPTIONS).join();
            released.unlock();
            cluster.memory
                    .txn(Txn.always(Op.put(cluster.keys.lockPrefix("limit only") + "!limit", Bytes.utf8("3"), 0)))
                    .join();
            assertThat(admin.names()).containsExactly("..", "a", "b/1");
        }

        @Test
        void areNoneWithoutLocks() {
            assertThat(admin.names()).isEmpty();
        }
    }

    @Nested
    class Arguments {

        @Test
        void areChecked() {
            assertThatThrownBy(() -> admin.queue(" ")).hasMessageContaining("key");
            LockPlace made = place("!limit");
            assertThatThrownBy(() -> admin.forceReleaseBreakingExclusion(LOCK, made, "why"))
                    .hasMessageContaining("place.id");
            assertThatThrownBy(() -> admin.requestRevocation(LOCK, place("0000000000000007-1"), "a\nb"))
                    .hasMessageContaining("reason");
            assertThat(operator.store.calls()).isEmpty();
        }

        private LockPlace place(String id) {
            return new LockPlace(id, 1, LockMode.EXCLUSIVE, 1, Optional.empty(), Optional.empty(), Optional.empty());
        }

        @Test
        void ofAPlaceThatNeverWasAreRefusedByTheStore() {
            assertThat(admin.forceReleaseBreakingExclusion(LOCK, place("0000000000000007-1"), "why"))
                    .isFalse();
            assertThat(cluster.memory.range(RangeQuery.prefix("/")).join().entries())
                    .isEmpty();
        }
    }
}
