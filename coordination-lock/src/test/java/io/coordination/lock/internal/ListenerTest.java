package io.coordination.lock.internal;

import static io.coordination.lock.internal.Cluster.LOCK;
import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.DistributedReadWriteLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockListener;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockOptions;
import io.coordination.lock.admin.LockPlace;
import io.coordination.lock.admin.RevocationRequest;
import io.coordination.lock.watchdog.WatchdogConfig;
import io.coordination.store.Bytes;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a listener hears about a lock: in order, once, and never in anybody's way. */
class ListenerTest {

    private static final Duration THIRD = Cluster.TTL.dividedBy(3);

    private final Cluster cluster = new Cluster();
    private final Node a = cluster.node();
    private final Node b = cluster.node();
    private final List<String> heard = new ArrayList<>();
    private final List<RevocationRequest> requests = new ArrayList<>();
    private final LockOptions options = listening(new Recorder());

    @AfterEach
    void nothingStays() {
        a.runCallbacks();
        cluster.assertNothingStays();
    }

    private static LockOptions listening(LockListener listener) {
        return Node.OPTIONS.toBuilder().listener(listener).build();
    }

    /** Writes down what it hears and whether the lock is held then. */
    private class Recorder implements LockListener {

        private void heard(String what, LockHandle handle) {
            assertThat(handle.key()).isEqualTo(LOCK);
            heard.add(what + (handle.isHeld() ? "" : " -"));
        }

        @Override
        public void acquired(LockHandle handle) {
            heard("acquired", handle);
        }

        @Override
        public void renewed(LockHandle handle) {
            heard("renewed", handle);
        }

        @Override
        public void suspect(LockHandle handle) {
            heard("suspect", handle);
        }

        @Override
        public void lost(LockHandle handle, LockLost loss) {
            heard("lost " + loss.reason(), handle);
        }

        @Override
        public void released(LockHandle handle) {
            heard("released", handle);
        }

        @Override
        public void revocationRequested(LockHandle handle, RevocationRequest request) {
            heard("asked", handle);
            requests.add(request);
        }
    }

    @Nested
    class Order {

        @Test
        void isGrantThenRenewalsThenRelease() {
            LockHandle held = a.take(options);
            assertThat(heard).containsExactly("acquired");
            cluster.time.advance(THIRD);
            cluster.time.advance(THIRD);
            held.unlock();
            held.unlock();
            held.close();
            assertThat(heard).containsExactly("acquired", "renewed", "renewed", "released -");
            cluster.time.advance(Cluster.TTL);
            assertThat(heard).hasSize(4);
        }

        @Test
        void hasReleaseOnceForCloseToo() {
            LockHandle held = a.take(options);
            held.close();
            held.close();
            held.unlock();
            assertThat(heard).containsExactly("acquired", "released -");
        }

        @Test
        void hasDoubtAndRenewalInAnOutage() {
            LockHandle held = a.take(options);
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL.dividedBy(2));
            assertThat(heard).containsExactly("acquired", "suspect");
            a.store.reconnect();
            cluster.moment();
            assertThat(heard).containsExactly("acquired", "suspect", "renewed");
            held.close();
        }

        @Test
        void endsWithTheLoss() {
            LockHandle held = a.take(options);
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL.multipliedBy(2));
            held.close();
            assertThat(heard).containsExactly("acquired", "suspect", "lost EXPIRED -");
        }

        @Test
        void holdsWhenTheOwnerReleasesBeforeTheGrantIsTold() {
            // The request is answered first: its dependent runs before the listener is told.
            LockHandle first = b.take();
            CompletableFuture<Void> used = a.ask(options).thenAccept(LockHandle::close);
            a.defersCallbacks = true;
            first.unlock();
            a.runCallbacks();
            assertThat(used).isCompleted();
            assertThat(heard).containsExactly("acquired -", "released -");
        }

        @Test
        void holdsWhenTheOwnerReleasesWhileItIsGranted() {
            // Callbacks run at once, so the release comes before the queue goes on with the grant.
            LockHandle first = b.take();
            CompletableFuture<Void> used = a.ask(options).thenAccept(LockHandle::close);
            first.unlock();
            assertThat(used).isCompleted();
            assertThat(heard).containsExactly("acquired -", "released -");
        }

        @Test
        void holdsForARequestThatWaited() {
            LockHandle first = b.take();
            CompletableFuture<LockHandle> asked = a.ask(options);
            cluster.time.advance(THIRD);
            assertThat(heard).as("a waiter holds nothing").isEmpty();
            first.unlock();
            granted(asked).close();
            assertThat(heard).containsExactly("acquired", "released -");
        }
    }

    @Test
    void aRequestThatIsGivenUpIsNotTold() {
        LockHandle first = b.take();
        CompletableFuture<LockHandle> asked = a.ask(options);
        asked.cancel(false);
        first.unlock();
        assertThat(heard).isEmpty();
    }

    @Test
    void theCoordinatorsCloseIsALoss() {
        a.take(options);
        a.close();
        assertThat(heard).containsExactly("acquired", "lost CLOSED -");
    }

    @Test
    void aHoldThatMovesToAnotherLeaseFollowsThatOne() {
        LockHandle held = a.take(options);
        held.renew(Cluster.TTL.multipliedBy(2));
        heard.clear();
        cluster.time.advance(Cluster.TTL.multipliedBy(2).dividedBy(3));
        assertThat(heard).containsExactly("renewed");
        held.close();
        // The server's alarm for the longer lease may still be set once that is revoked.
        cluster.time.advance(Cluster.TTL.multipliedBy(2));
    }

    @Test
    void aRenewalByHandIsTold() {
        LockHandle held = a.take(options);
        held.renew();
        assertThat(heard).containsExactly("acquired", "renewed");
        held.close();
    }

    /** What the options' limits do to a hold. */
    @Nested
    class Limits {

        private LockOptions watched(WatchdogConfig config) {
            return options.toBuilder().watchdog(config).build();
        }

        @Test
        void hearsEachRenewalThatTheWatchdogCounts() {
            WatchdogConfig config =
                    WatchdogConfig.builder().interval(Duration.ofSeconds(1)).build();
            LockHandle held = a.take(watched(config));
            cluster.time.advance(Duration.ofSeconds(5));
            long extended = held.watchdog().orElseThrow().status().extendCount();
            assertThat(extended).isGreaterThanOrEqualTo(4);
            held.close();
            assertThat(heard.subList(1, heard.size() - 1))
                    .containsOnly("renewed")
                    .hasSizeBetween((int) extended, (int) extended + 1);
        }

        @Test
        void hearsTheLossWhenTheWatchdogGivesUp() {
            WatchdogConfig config = WatchdogConfig.builder()
                    .interval(Duration.ofSeconds(1))
                    .maxFailures(2)
                    .build();
            a.take(watched(config));
            a.store.disconnect();
            cluster.time.advance(Cluster.TTL.dividedBy(2));
            assertThat(heard).startsWith("acquired").endsWith("lost WATCHDOG -").doesNotContain("renewed");
        }

        @Test
        void hearsRenewalsAfterAWatchdogMovedAFixedTtlToASharedLease() {
            LockHandle held = a.take(options.toBuilder().fixedTtl().build());
            held.startWatchdog(WatchdogConfig.defaults());
            heard.clear();
            cluster.time.advance(Cluster.TTL);
            assertThat(heard).hasSizeGreaterThanOrEqualTo(2).containsOnly("renewed");
            held.close();
        }

        @Test
        void hearsTheLossWhenTheHoldHasLastedItsTime() {
            a.take(options.toBuilder().maxHold(Duration.ofSeconds(1)).build());
            cluster.time.advance(Duration.ofSeconds(1));
            assertThat(heard).containsExactly("acquired", "lost MAX_HOLD -");
        }

        @Test
        void goOnWithADowngrade() {
            LockOptions limited = watched(WatchdogConfig.defaults()).toBuilder()
                    .maxHold(Duration.ofSeconds(6))
                    .build();
            DistributedReadWriteLock lock = a.locks.readWrite(LOCK);
            LockHandle writing = granted(lock.write().acquireAsync(limited));
            cluster.time.advance(Duration.ofSeconds(3));
            LockHandle reading = lock.downgrade(writing);
            assertThat(heard).containsExactly("acquired", "released -", "acquired");
            assertThat(writing.watchdog().orElseThrow().status().running()).isFalse();
            assertThat(reading.watchdog().orElseThrow().status().running()).isTrue();
            cluster.time.advance(Duration.ofSeconds(3));
            assertThat(heard).endsWith("lost MAX_HOLD -");
        }

        @Test
        void hearsNothingWhenNobodyTookTheGrant() {
            a.defersCallbacks = true;
            LockHandle first = b.take();
            CompletableFuture<LockHandle> asked =
                    a.ask(options.toBuilder().maxHold(Duration.ofSeconds(1)).build());
            asked.cancel(false);
            first.unlock();
            a.runCallbacks();
            cluster.time.advance(Duration.ofSeconds(2));
            a.runCallbacks();
            assertThat(heard).isEmpty();
        }
    }

    @Test
    void aFixedTtlIsNeverInDoubt() {
        LockHandle held = a.take(options.toBuilder().fixedTtl().build());
        cluster.time.advance(Cluster.TTL.multipliedBy(2));
        assertThat(held.isHeld()).isFalse();
        assertThat(heard).containsExactly("acquired", "lost EXPIRED -");
    }

    @Test
    void aListenerThatThrowsHearsTheRestAndHarmsNobody() {
        LockListener bad = new Recorder() {
            @Override
            public void acquired(LockHandle handle) {
                super.acquired(handle);
                throw new IllegalStateException("because a test wants it so");
            }
        };
        LockHandle held = a.take(listening(bad));
        cluster.time.advance(THIRD);
        assertThat(held.unlock()).isTrue();
        assertThat(heard).containsExactly("acquired", "renewed", "released -");
    }

    @Test
    void aListenerThatIsFarBehindMissesNeitherTheFirstNorTheLastCall() {
        a.defersCallbacks = true;
        CompletableFuture<LockHandle> asked = a.ask(options);
        a.runCallbacks();
        heard.clear();
        a.defersCallbacks = true;
        for (int i = 0; i < 1_200; i++) {
            cluster.time.advance(THIRD);
        }
        asked.join().close();
        a.runCallbacks();
        assertThat(heard).containsExactly("renewed -", "released -");
    }

    @Nested
    class Revocation {

        private final Node operator = cluster.node();

        private LockPlace holder() {
            return operator.locks.admin().queue(LOCK).holders().get(0);
        }

        private boolean ask(LockPlace place) {
            return operator.locks.admin().requestRevocation(LOCK, place, "please");
        }

        private List<String> mail() {
            return cluster.allKeys().stream()
                    .filter(key -> key.matches("/test/sessions/[0-9a-f]+/.*"))
                    .toList();
        }

        @Test
        void isToldToTheHolderAndChangesNothingElse() {
            LockHandle held = a.take(options);
            assertThat(ask(holder())).isTrue();
            assertThat(heard).containsExactly("acquired", "asked");
            assertThat(requests).singleElement().satisfies(request -> {
                assertThat(request.key()).isEqualTo(LOCK);
                assertThat(request.reason()).isEqualTo("please");
                assertThat(request.requestedBy()).isNotEmpty();
                assertThat(request.at()).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
            });
            assertThat(mail()).as("read messages are deleted").isEmpty();
            assertThat(held.isHeld()).isTrue();
            held.close();
        }

        @Test
        void withoutAListenerDoesNothing() {
            LockHandle held = a.take();
            assertThat(ask(holder())).isTrue();
            assertThat(held.isHeld()).isTrue();
            assertThat(mail()).isEmpty();
            held.close();
        }

        @Test
        void mayBeAnsweredByAReleaseFromTheListener() {
            LockListener polite = new Recorder() {
                @Override
                public void revocationRequested(LockHandle handle, RevocationRequest request) {
                    handle.close();
                }
            };
            a.take(listening(polite));
            CompletableFuture<LockHandle> next = b.ask();
            ask(holder());
            granted(next).close();
        }

        @Test
        void ofAWaiterIsIgnored() {
            LockHandle held = b.take();
            CompletableFuture<LockHandle> waiting = a.ask(options);
            assertThat(ask(operator.locks.admin().queue(LOCK).waiters().get(0))).isTrue();
            held.unlock();
            granted(waiting).close();
            assertThat(heard).containsExactly("acquired", "released -");
        }

        @Test
        void isOfThePlaceThatWasSeen() {
            LockHandle held = a.take(options);
            LockPlace seen = holder();
            held.unlock();
            LockHandle again = a.take(options);
            heard.clear();
            assertThat(ask(seen)).isFalse();
            assertThat(heard).isEmpty();
            again.close();
        }

        @Test
        void isToldOnceAlsoWhenItsMessageCannotBeDeletedAtOnce() {
            LockHandle held = a.take(options);
            LockPlace seen = holder();
            a.store.onNextTxn(Sent::release).hold();
            ask(seen);
            assertThat(mail()).hasSize(1);
            cluster.time.advance(Duration.ofSeconds(5)); // the request times out
            a.store.watches().loseHistory(cluster.revision());
            cluster.time.advance(Duration.ofSeconds(2));
            assertThat(mail()).isEmpty();
            assertThat(requests).hasSize(1);
            held.close();
        }

        @Test
        void isReadAfterAGap() {
            LockHandle held = a.take(options);
            a.store.watches().cut();
            ask(holder());
            cluster.compact();
            a.store.watches().resume();
            assertThat(requests).hasSize(1);
            assertThat(mail()).isEmpty();
            held.close();
        }

        @Test
        void thatCannotBeReadIsDropped() {
            LockHandle held = a.take(options);
            long lease = cluster.first().lease();
            cluster.memory
                    .txn(Txn.always(Op.put(cluster.keys.sessionKey(lease) + "/5", Bytes.utf8("{}"), lease)))
                    .join();
            assertThat(mail()).isEmpty();
            assertThat(held.isHeld()).isTrue();
            held.close();
        }

        @Test
        void isTheOnlyReasonToReadTheMailbox() {
            LockHandle held = a.take(options);
            long before = a.store.calls().stream()
                    .filter(StoreCall.Range.class::isInstance)
                    .count();
            ask(holder());
            assertThat(a.store.calls().stream().filter(StoreCall.Range.class::isInstance))
                    .as("the watch brings it")
                    .hasSize((int) before);
            held.close();
        }
    }
}
