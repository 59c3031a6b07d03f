package io.coordination.memory;

import static io.coordination.memory.StoreCalls.entry;
import static io.coordination.memory.StoreCalls.failure;
import static io.coordination.memory.StoreCalls.follow;
import static io.coordination.memory.StoreCalls.keys;
import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static io.coordination.memory.StoreCalls.putLeased;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.WatchEvent;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MemoryLeaseTest {

    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final ManualTime time = new ManualTime();
    private final MemoryStore store = MemoryStore.create(time);

    private void grant(long id, int seconds) {
        now(store.grant(id, Duration.ofSeconds(seconds)));
    }

    @Nested
    class Expiry {

        @Test
        void aLeaseEndsExactlyAtItsDeadline() {
            grant(1, 10);
            putLeased(store, "/a", 1);

            time.advance(Duration.ofSeconds(10).minusNanos(1));
            assertThat(entry(store, "/a")).isPresent();
            time.advance(Duration.ofNanos(1));

            assertThat(entry(store, "/a")).isEmpty();
            assertThat(failure(store.renewOnce(1, ANSWER)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }

        @Test
        void aRenewalMovesTheDeadline() {
            grant(1, 10);
            putLeased(store, "/a", 1);
            time.advance(Duration.ofSeconds(9));
            now(store.renewOnce(1, ANSWER));

            time.advance(Duration.ofSeconds(10).minusNanos(1));
            assertThat(entry(store, "/a")).isPresent();
            time.advance(Duration.ofNanos(1));

            assertThat(entry(store, "/a")).isEmpty();
        }

        @Test
        void ttlsAreAtLeastTwoSecondsAndRoundedUp() {
            assertThat(now(store.grant(1, Duration.ofSeconds(1)))).isEqualTo(Duration.ofSeconds(2));
            assertThat(now(store.grant(2, Duration.ZERO))).isEqualTo(Duration.ofSeconds(2));
            assertThat(now(store.grant(3, Duration.ofMillis(2001)))).isEqualTo(Duration.ofSeconds(3));
        }

        @Test
        void leasesExpireInTheOrderOfTheirDeadlinesAndThenOfTheirIds() {
            grant(9, 5);
            grant(3, 5);
            grant(5, 4);
            grant(1, 6);
            List.of(1L, 3L, 5L, 9L).forEach(id -> putLeased(store, "/" + id, id));
            List<String> lines = follow(store, 0);

            time.advance(Duration.ofMinutes(1));

            assertThat(lines).containsExactly("opened 5", "6 -/5", "7 -/3", "8 -/9", "9 -/1");
        }

        @Test
        void theKeysOfALeaseGoInKeyOrderInOneRevision() {
            grant(1, 5);
            List.of("/c", "/a", "/b").forEach(key -> putLeased(store, key, 1));
            List<String> lines = follow(store, 0);

            time.advance(Duration.ofSeconds(5));

            assertThat(lines).containsExactly("opened 4", "5 -/a -/b -/c");
        }

        @Test
        void aLeaseWithoutKeysEndsWithoutARevision() {
            grant(1, 5);
            long before = put(store, "/a", "1");

            time.advance(Duration.ofSeconds(5));

            assertThat(put(store, "/a", "2")).isEqualTo(before + 1);
            assertThat(failure(store.leaseKeys(1)).code()).isEqualTo(ErrorCode.NOT_FOUND);
        }

        @Test
        void aLeaseThatIsDueANanosecondLaterIsNotTakenAlong() {
            grant(1, 5);
            time.advance(Duration.ofNanos(1));
            grant(2, 5);
            putLeased(store, "/1", 1);
            putLeased(store, "/2", 2);

            time.advance(Duration.ofSeconds(5).minusNanos(1));
            assertThat(keys(store, "/")).containsExactly("/2");
            time.advance(Duration.ofNanos(1));

            assertThat(keys(store, "/")).isEmpty();
        }

        @Test
        void aLeaseThatAListenerRenewsLivesOn() {
            grant(1, 5);
            grant(2, 6);
            putLeased(store, "/1", 1);
            putLeased(store, "/2", 2);
            store.watch(KeyRange.key("/1"), 0, new StoreCalls.Lines(new ArrayList<>()) {
                @Override
                public void onRevision(long revision, List<WatchEvent> events) {
                    now(store.renewOnce(2, ANSWER));
                }
            });

            time.advance(Duration.ofSeconds(10));

            assertThat(keys(store, "/")).containsExactly("/2");
        }

        @Test
        void manyRenewalsLeaveOneWakeUp() {
            grant(1, 10);
            for (int i = 0; i < 100; i++) {
                time.advance(Duration.ofSeconds(3));
                now(store.renewOnce(1, ANSWER));
            }

            assertThat(time.pendingTasks()).isEqualTo(1);
            time.advance(Duration.ofSeconds(11));
            assertThat(time.pendingTasks()).isZero();
        }

        @Test
        void leasesExpireOnTheSystemsClockToo() {
            try (TimeSource system = TimeSource.system("lease-test");
                    Store real = MemoryStore.create(system)) {
                now(real.grant(1, Duration.ofSeconds(2)));
                putLeased(real, "/a", 1);

                await().atLeast(Duration.ofMillis(1500))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> entry(real, "/a").isEmpty());
            }
        }
    }

    @Nested
    class SharedClock {

        private final String name = "test-" + UUID.randomUUID();
        private final ManualTime otherTime = new ManualTime();

        @Test
        void theNextConnectionKeepsTimeWhenTheOldestOneCloses() {
            Store first = MemoryStore.named(name, time);
            try (Store second = MemoryStore.named(name, otherTime)) {
                now(first.grant(1, Duration.ofSeconds(10)));
                putLeased(first, "/a", 1);
                time.advance(Duration.ofSeconds(4));
                otherTime.advance(Duration.ofHours(1));
                assertThat(entry(second, "/a")).isPresent();

                first.close();
                time.close();

                otherTime.advance(Duration.ofSeconds(6).minusNanos(1));
                assertThat(entry(second, "/a")).isPresent();
                otherTime.advance(Duration.ofNanos(1));
                assertThat(entry(second, "/a")).isEmpty();
            }
        }

        @Test
        void aWakeUpOfAClockThatIsNotUsedAnyMoreEndsNothingEarly() {
            Store first = MemoryStore.named(name, time);
            try (Store second = MemoryStore.named(name, otherTime)) {
                now(first.grant(1, Duration.ofSeconds(10)));
                putLeased(first, "/a", 1);
                first.close();

                time.advance(Duration.ofMinutes(1));
                assertThat(entry(second, "/a")).isPresent();

                otherTime.advance(Duration.ofSeconds(10));
                assertThat(entry(second, "/a")).isEmpty();
            }
        }

        @Test
        void aClosedConnectionRevokesNothing() {
            Store first = MemoryStore.named(name, time);
            try (Store second = MemoryStore.named(name, time)) {
                now(first.grant(1, Duration.ofSeconds(10)));
                putLeased(first, "/a", 1);

                first.close();

                assertThat(entry(second, "/a")).isPresent();
                assertThat(now(second.renewOnce(1, ANSWER))).isEqualTo(Duration.ofSeconds(10));
            }
        }
    }

    @Nested
    class Determinism {

        @Test
        void theSameCallsGiveTheSameHistory() {
            List<String> first = history(42);

            assertThat(first).hasSizeGreaterThan(100).isEqualTo(history(42)).isNotEqualTo(history(43));
        }

        private List<String> history(long seed) {
            ManualTime clock = new ManualTime();
            MemoryStore random = MemoryStore.create(clock);
            List<String> lines = follow(random, 0);
            Random choice = new Random(seed);
            for (int i = 1; i <= 200; i++) {
                now(random.grant(i, Duration.ofSeconds(2 + choice.nextInt(20))));
                putLeased(random, "/" + choice.nextInt(50), i);
                clock.advance(Duration.ofMillis(choice.nextInt(2000)));
            }
            clock.advance(Duration.ofMinutes(1));
            assertThat(keys(random, "/")).isEmpty();
            return lines;
        }
    }
}
