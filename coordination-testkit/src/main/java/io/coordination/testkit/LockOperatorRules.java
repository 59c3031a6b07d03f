package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockListener;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.admin.LockPlace;
import io.coordination.lock.admin.LockQueueState;
import io.coordination.lock.admin.RevocationRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The part of {@link LockContract} about knowing what happens to locks, and about taking them back. */
abstract class LockOperatorRules extends LockWaitingRules {

    private LockAdmin admin() {
        return another().lock().admin();
    }

    private static LockOptions labelled(String label) {
        return options().toBuilder().label(label).build();
    }

    private void awaitWaiters(LockAdmin admin, int count) {
        await().atMost(SOON).until(() -> admin.queue(name).waiters().size() == count);
    }

    @Nested
    class WhatAnOperatorSees {

        @Test
        void holderAndWaitersInTheirOrder() {
            LockAdmin admin = admin();
            Instant before = Instant.now();
            LockHandle held = granted(mine.lock().acquireAsync(name, labelled("first")));
            CompletableFuture<LockHandle> second = other.lock().acquireAsync(name, labelled("second"));
            awaitWaiters(admin, 1);
            CompletableFuture<LockHandle> third = another().lock().acquireAsync(name, labelled("third"));
            awaitWaiters(admin, 2);

            LockQueueState state = admin.queue(name);

            assertThat(state.places())
                    .extracting(place -> place.label().orElseThrow())
                    .containsExactly("first", "second", "third");
            LockPlace holder = state.holders().get(0);
            assertThat(holder.createRevision()).isEqualTo(held.fencingToken() >> 16);
            assertThat(holder.since().orElseThrow()).isBetween(before.minusSeconds(1), Instant.now());
            assertThat(holder.process().orElseThrow().pid())
                    .isEqualTo(ProcessHandle.current().pid());
            held.close();
            granted(second).close();
            granted(third).close();
        }

        @Test
        void theRequestsOfOneCoordinatorAsOnePlace() {
            LockHandle held = take(mine);
            List<CompletableFuture<LockHandle>> waiting = List.of(ask(other), ask(other), ask(other));
            LockAdmin admin = admin();
            awaitWaiters(admin, 1);
            assertThat(admin.queue(name).holders()).hasSize(1);
            waiting.forEach(request -> request.cancel(false));
            held.close();
        }

        @Test
        void namesOfLocksInUseAndNoOthers() {
            LockAdmin admin = admin();
            assertThat(admin.names()).doesNotContain(name);
            LockHandle held = take(mine);
            assertThat(admin.names()).contains(name);
            assertThat(another().module("m").lock().admin().names()).doesNotContain(name);
            held.unlock();
            assertThat(admin.names()).doesNotContain(name);
            assertThat(admin.queue(name).places()).isEmpty();
        }

        @Test
        void nothingAfterTheCoordinatorWasClosed() {
            LockAdmin admin = other.lock().admin();
            other.close();
            assertFails(ErrorCode.CLOSED, () -> admin.queue(name));
            assertFails(ErrorCode.CLOSED, admin::names);
        }
    }

    @Nested
    class AForceRelease {

        @Test
        void endsTheHoldAndLetsTheNextBegin() {
            LockHandle held = take(mine);
            CompletableFuture<LockLost> loss = held.lost().toCompletableFuture();
            CompletableFuture<LockHandle> next = ask(other);
            LockAdmin admin = admin();
            awaitWaiters(admin, 1);
            LockPlace holder = admin.queue(name).holders().get(0);

            assertThat(admin.forceReleaseBreakingExclusion(name, holder, "it hangs"))
                    .isTrue();

            assertThat(result(loss).reason()).isEqualTo(LockLostReason.FORCED);
            assertThat(held.isHeld()).isFalse();
            assertThat(granted(next).fencingToken()).isGreaterThan(held.fencingToken());
            assertThat(admin.forceReleaseBreakingExclusion(name, holder, "again"))
                    .isFalse();
            next.join().close();
        }

        @Test
        void meansThePlaceThatWasSeen() {
            LockAdmin admin = admin();
            LockHandle held = take(mine);
            LockPlace seen = admin.queue(name).holders().get(0);
            held.unlock();
            LockHandle again = take(mine);
            assertThat(admin.forceReleaseBreakingExclusion(name, seen, "too late"))
                    .isFalse();
            assertThat(again.isHeld()).isTrue();
        }

        @Test
        void ofAWaiterFailsItsRequest() {
            LockHandle held = take(mine);
            CompletableFuture<LockHandle> waiting = ask(other);
            LockAdmin admin = admin();
            awaitWaiters(admin, 1);
            LockPlace waiter = admin.queue(name).waiters().get(0);
            assertThat(admin.forceReleaseBreakingExclusion(name, waiter, "not now"))
                    .isTrue();
            assertFails(ErrorCode.LOCK_LOST, waiting);
            assertThat(admin.queue(name).waiters()).isEmpty();
            assertThat(held.isHeld()).isTrue();
        }

        @Test
        void findsAHolderThatMovedToAnotherLease() {
            LockHandle held = take(mine);
            CompletableFuture<LockLost> loss = held.lost().toCompletableFuture();
            held.renew(TTL.plusSeconds(10));
            LockAdmin admin = admin();
            LockPlace holder = admin.queue(name).holders().get(0);
            assertThat(admin.forceReleaseBreakingExclusion(name, holder, "it hangs"))
                    .isTrue();
            assertThat(result(loss).reason()).isEqualTo(LockLostReason.FORCED);
        }
    }

    /** Writes down what it hears. */
    private static final class Recorder implements LockListener {

        final Queue<String> heard = new ConcurrentLinkedQueue<>();
        final CompletableFuture<RevocationRequest> request = new CompletableFuture<>();

        @Override
        public void acquired(LockHandle handle) {
            heard.add("acquired");
        }

        @Override
        public void renewed(LockHandle handle) {
            heard.add("renewed");
        }

        @Override
        public void lost(LockHandle handle, LockLost loss) {
            heard.add("lost " + loss.reason());
        }

        @Override
        public void released(LockHandle handle) {
            heard.add("released");
        }

        @Override
        public void revocationRequested(LockHandle handle, RevocationRequest asked) {
            heard.add("asked");
            request.complete(asked);
            handle.close();
        }
    }

    @Nested
    class AListener {

        private final Recorder recorder = new Recorder();

        private LockOptions listening(Duration ttl) {
            return LockOptions.builder().ttl(ttl).listener(recorder).build();
        }

        private void awaitHeard(String... events) {
            await().atMost(SOON).untilAsserted(() -> assertThat(recorder.heard).containsExactly(events));
        }

        @Test
        void hearsGrantAndRelease() {
            granted(mine.lock().acquireAsync(name, listening(TTL))).close();
            awaitHeard("acquired", "released");
        }

        @Test
        void hearsRenewals() {
            LockHandle held = granted(mine.lock().acquireAsync(name, listening(SHORT_TTL)));
            await().atMost(SOON).until(() -> recorder.heard.size() >= 3);
            held.unlock();
            await().atMost(SOON).until(() -> recorder.heard.contains("released"));
            assertThat(recorder.heard)
                    .startsWith("acquired", "renewed", "renewed")
                    .endsWith("released");
        }

        @Test
        void hearsTheLoss() {
            granted(mine.lock().acquireAsync(name, listening(TTL)));
            mine.close();
            awaitHeard("acquired", "lost CLOSED");
        }

        @Test
        void isAskedToReleaseAndMayDoSo() {
            granted(mine.lock().acquireAsync(name, listening(TTL)));
            CompletableFuture<LockHandle> next = ask(other);
            LockAdmin admin = admin();
            awaitWaiters(admin, 1);

            assertThat(admin.requestRevocation(name, admin.queue(name).holders().get(0), "maintenance"))
                    .isTrue();

            granted(next).close();
            assertThat(result(recorder.request).reason()).isEqualTo("maintenance");
            assertThat(recorder.request.join().key()).isEqualTo(name);
            awaitHeard("acquired", "asked", "released");
        }

        @Test
        void thatBlocksAndThrowsHarmsOnlyItself() {
            CountDownLatch blocked = new CountDownLatch(1);
            LockListener bad = new LockListener() {
                @Override
                public void acquired(LockHandle handle) {
                    try {
                        blocked.await(SOON.toMillis(), TimeUnit.MILLISECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new IllegalStateException("because a test wants it so");
                }
            };
            LockOptions options = options().toBuilder().listener(bad).build();
            LockHandle held = granted(mine.lock().acquireAsync(name, options));
            LockHandle elsewhere = granted(mine.lock().acquireAsync(name + "2", listening(TTL)));
            awaitHeard("acquired");
            assertThat(held.unlock()).isTrue();
            elsewhere.close();
            awaitHeard("acquired", "released");
            blocked.countDown();
        }
    }
}
