package io.coordination.registry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.internal.Checks;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.SerialExecutor;
import io.coordination.store.session.Session;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SmallPartsTest {

    @Nested
    class Ids {

        @Test
        void doNotRepeat() {
            Set<String> ids = new HashSet<>();
            IntStream.range(0, 10_000).forEach(i -> ids.add(InstanceIds.generate("orders")));
            assertThat(ids).hasSize(10_000);
        }

        @Test
        void stayAllowedForTheLongestNames() {
            for (String letter : List.of("x", "ü", "😀")) {
                String name = letter.repeat(Checks.MAX_NAME_BYTES / Checks.utf8Length(letter));
                String id = InstanceIds.generate(name);
                assertThat(Checks.name("id", id)).isEqualTo(id);
                assertThat(id).startsWith(letter.repeat(100));
            }
        }
    }

    @Nested
    class Values {

        @Test
        void comeBackAsTheyWere() {
            ServiceInfo service = ServiceInfo.builder()
                    .name("or/ders")
                    .id("a b")
                    .address("::1")
                    .port(65_535)
                    .metadata("zone", "ä\n\"b\"")
                    .ttl(Duration.ofHours(24))
                    .build();
            Bytes json = InstanceValue.write(service, Instant.EPOCH, "nonce");
            assertThat(InstanceCodec.read("or/ders", "a b", json)).contains(service);
            assertThat(InstanceValue.read(json).nonce()).isEqualTo("nonce");
        }

        @Test
        void takeNameAndIdFromTheKey() {
            Bytes json = InstanceValue.write(
                    ServiceInfo.of("orders", "10.0.0.1", 1).toBuilder().id("a").build(), Instant.EPOCH, "n");
            assertThat(InstanceCodec.read("payments", "b", json))
                    .hasValueSatisfying(instance ->
                            assertThat(instance.name() + "/" + instance.id()).isEqualTo("payments/b"));
        }

        @Test
        void thatAreNotAllowedAreAbsent() {
            for (String json : List.of(
                    "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":0}",
                    "{\"schema\":1,\"address\":\"http://x\",\"port\":1}",
                    "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1,\"ttlSeconds\":1}",
                    "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1,\"ttlSeconds\":9223372036854775807}",
                    "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1,\"metadata\":{\"a\":null}}",
                    "{\"schema\":1,\"address\":\"10.0.0.1\",\"port\":1,\"metadata\":[]}",
                    "[]",
                    "\"x\"",
                    "")) {
                assertThat(InstanceCodec.read("orders", "a", Bytes.utf8(json)))
                        .as(json)
                        .isEmpty();
            }
        }

        @Test
        void ofKeysAreReadOnlyFromTheOneSpellingOfAnId() {
            String prefix = "/test/services/orders/";
            assertThat(InstanceCodec.id(prefix, prefix + "a%2Fb")).contains("a/b");
            assertThat(InstanceCodec.id(prefix, prefix + "%2E")).contains(".");
            for (String wrong : List.of("a%2fb", "a/b", "%61", "", "a%", "ä")) {
                assertThat(InstanceCodec.id(prefix, prefix + wrong)).as(wrong).isEmpty();
            }
        }
    }

    @Nested
    class Pauses {

        @Test
        void growToTheirLimitAndBeginAnew() {
            Backoff backoff = new Backoff(Duration.ofSeconds(2));
            assertThat(backoff.next()).isBetween(Duration.ZERO, Duration.ofMillis(200));
            assertThat(backoff.next()).isBetween(Duration.ZERO, Duration.ofMillis(400));
            List<Duration> later =
                    IntStream.range(0, 1_000).mapToObj(i -> backoff.next()).toList();
            assertThat(later).allMatch(pause -> pause.compareTo(Duration.ofSeconds(2)) <= 0);
            assertThat(later).anyMatch(pause -> pause.compareTo(Duration.ofMillis(1_500)) > 0);
            assertThat(later).anyMatch(pause -> pause.compareTo(Duration.ofMillis(500)) < 0);
            backoff.reset();
            assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Nested
    class HandingOver {

        private final CompletableFuture<String> inner = new CompletableFuture<>();
        private final List<String> log = new ArrayList<>();
        private final List<Runnable> tasks = new ArrayList<>();
        private final CompletableFuture<String> users =
                HandOver.of(tasks::add, inner, () -> log.add("given up"), value -> log.add("unwanted " + value));

        @Test
        void completesOnTheUsersThreads() {
            inner.complete("x");
            assertThat(users).isNotDone();
            tasks.forEach(Runnable::run);
            assertThat(users).isCompletedWithValue("x");
            assertThat(log).isEmpty();
        }

        @Test
        void givesUpWhenTheUserDoes() {
            users.cancel(true);
            assertThat(log).containsExactly("given up");
        }

        @Test
        void takesBackWhatComesTooLate() {
            inner.complete("x");
            users.cancel(true);
            tasks.forEach(Runnable::run);
            assertThat(log).containsExactly("unwanted x");
        }

        @Test
        void completesEvenWhenTheUsersThreadsAreGone() {
            CompletableFuture<String> orphan = HandOver.of(
                    task -> {
                        throw new RejectedExecutionException("shut down");
                    },
                    inner,
                    () -> {},
                    value -> {});
            inner.completeExceptionally(new IllegalStateException("x"));
            assertThat(orphan).isCompletedExceptionally();
        }
    }

    @Nested
    class Limits {

        private final ManualTime time = new ManualTime();

        @Test
        void endWhatTakesTooLongAndLeaveNoTimerBehind() {
            CompletableFuture<String> slow = new CompletableFuture<>();
            CompletableFuture<String> limited = Deadlines.within(
                    time, Duration.ofSeconds(1), slow, () -> Checks.invalid("this", "x", "be quicker"));
            time.advance(Duration.ofMillis(999));
            assertThat(limited).isNotDone();
            time.advance(Duration.ofMillis(1));
            assertThat(limited).isCompletedExceptionally();
            assertThat(slow).isNotDone();
            Deadlines.within(
                    time,
                    Duration.ofSeconds(1),
                    CompletableFuture.completedFuture("x"),
                    () -> Checks.invalid("this", "x", "be quicker"));
            assertThat(time.pendingTasks()).isZero();
        }
    }

    @Nested
    class Losses {

        private final Cluster cluster = new Cluster();
        private final Node node = cluster.node();
        private final RegistrySessions sessions = new RegistrySessions(node.store, node.sessions);
        private final Session session = sessions.reserve(Cluster.TTL).join();
        private final List<String> told = new ArrayList<>();

        private LeaseMember member(String name) {
            return new SessionMembership(
                    InstanceKey.of(node.env, Cluster.instance(name)),
                    session.leaseId(),
                    () -> false,
                    () -> {},
                    () -> told.add(name));
        }

        @Test
        void areToldToAllWhoJoinedAndDidNotLeave() {
            LeaseMember leaver = member("leaver");
            sessions.join(session, member("a"));
            sessions.join(session, leaver);
            sessions.join(session, member("b"));
            sessions.leave(session, leaver);
            node.store.dropLeases().join();
            assertThat(told).containsExactlyInAnyOrder("a", "b");
        }

        @Test
        void areToldAtOnceToWhoJoinsAfterwards() {
            node.store.dropLeases().join();
            sessions.join(session, member("late"));
            assertThat(told).containsExactly("late");
        }
    }

    @Nested
    class Following {

        private final Cluster cluster = new Cluster();
        private final SerialExecutor serial = SerialExecutor.direct();
        private final List<String> told = new ArrayList<>();
        private final KeyFollower follower = new KeyFollower(
                cluster.memory,
                KeyRange.key(cluster.key("a")),
                serial,
                change -> told.add(change.getClass().getSimpleName()),
                () -> told.add("gap"));

        @Test
        void tellsTheLastChangeOfEachRevision() {
            follower.follow(1);
            cluster.put("a", "x");
            cluster.put("b", "x");
            cluster.delete("a");
            assertThat(told).containsExactly("Put", "Delete");
        }

        @Test
        void tellsThatItMissedChanges() {
            cluster.put("a", "x");
            cluster.compact();
            follower.follow(1);
            assertThat(told).containsExactly("gap");
        }

        @Test
        void tellsNothingThatWasHeardBeforeItStopped() {
            follower.follow(1);
            serial.execute(() -> {
                cluster.put("a", "x");
                follower.stop();
            });
            assertThat(told).isEmpty();
        }
    }
}
