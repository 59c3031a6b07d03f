package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.lock.election.Candidacy;
import io.coordination.lock.election.Leader;
import io.coordination.lock.election.LeaderElection;
import io.coordination.lock.election.LeaderOptions;
import io.coordination.lock.election.Leadership;
import io.coordination.lock.election.LeadershipEnd;
import io.coordination.lock.election.LeadershipListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The part of {@link LockPrimitivesContract} about elections. */
abstract class ElectionRules extends LockFixture {

    private static final class Heard implements LeadershipListener {
        final List<String> calls = new CopyOnWriteArrayList<>();

        @Override
        public void onElected(Leadership leadership) {
            calls.add("elected");
        }

        @Override
        public void onStopped(Leadership leadership, LeadershipEnd reason) {
            calls.add(reason.name());
        }
    }

    private final Heard heard = new Heard();

    private LeaderElection election(Coordinator coordinator) {
        return coordinator.lock().election(name);
    }

    private static LeaderOptions.Builder standing(String payload) {
        return LeaderOptions.builder().payload(payload).ttl(TTL);
    }

    private Candidacy campaign(Coordinator coordinator, String payload) {
        return election(coordinator).campaign(standing(payload).build(), new Heard());
    }

    private Candidacy leading(Coordinator coordinator, String payload) {
        Candidacy candidacy = election(coordinator).campaign(standing(payload).build(), heard);
        await().atMost(SOON).until(candidacy::isLeader);
        return candidacy;
    }

    private static void awaitLeads(Candidacy candidacy) {
        await().atMost(SOON).until(candidacy::isLeader);
    }

    @Nested
    class Elections {

        @Test
        void haveOneLeaderAndANextOneWhenHeResigns() {
            Candidacy first = leading(mine, "first");
            Candidacy second = campaign(other, "second");
            assertThat(second.isLeader()).isFalse();
            long token = first.leadership().orElseThrow().fencingToken();
            assertThat(first.resign()).isTrue();
            assertThat(first.isLeader()).isFalse();
            assertThat(first.resign()).isFalse();
            awaitLeads(second);
            assertThat(second.leadership().orElseThrow().fencingToken()).isGreaterThan(token);
            await().atMost(SOON).untilAsserted(() -> assertThat(heard.calls).containsExactly("elected", "RESIGNED"));
        }

        @Test
        void goToTheNextWhenTheLeadersCoordinatorIsClosed() {
            Candidacy first = leading(mine, "first");
            Candidacy second = campaign(other, "second");
            mine.close();
            assertThat(first.isLeader()).isFalse();
            awaitLeads(second);
            assertThat(heard.calls).containsExactly("elected", "CLOSED");
            result(first.ended().toCompletableFuture());
            assertFails(ErrorCode.CLOSED, () -> election(mine));
        }

        @Test
        void goRoundWhenLeadersStepDown() {
            Candidacy first = leading(mine, "first");
            Candidacy second = campaign(other, "second");
            assertThat(second.stepDown()).isFalse();
            await().atMost(SOON).until(() -> {
                first.stepDown();
                return second.isLeader();
            });
            assertThat(second.stepDown()).isTrue();
            awaitLeads(first);
        }

        @Test
        void goRoundAfterTheLongestTerm() {
            LeaderOptions options = standing("x").maxTerm(Duration.ofSeconds(1)).build();
            List<Heard> listeners = List.of(new Heard(), new Heard());
            Candidacy first = election(mine).campaign(options, listeners.get(0));
            Candidacy second = election(other).campaign(options, listeners.get(1));
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(listeners)
                            .allSatisfy(one -> assertThat(one.calls).startsWith("elected", "TERM_OVER", "elected")));
            first.close();
            second.close();
        }

        @Test
        void neverHaveTwoLeaders() {
            List<Candidacy> all = new ArrayList<>();
            List<String> at = Collections.synchronizedList(new ArrayList<>());
            AtomicInteger leaders = new AtomicInteger();
            for (int i = 0; i < 6; i++) {
                all.add(election(i % 2 == 0 ? mine : other)
                        .campaign(standing("c" + i).build(), new LeadershipListener() {
                            @Override
                            public void onElected(Leadership leadership) {
                                if (leaders.incrementAndGet() > 1) {
                                    at.add("two leaders");
                                }
                            }

                            @Override
                            public void onStopped(Leadership leadership, LeadershipEnd reason) {}
                        }));
            }
            while (!all.isEmpty()) {
                await().atMost(SOON).until(() -> leaders.get() == 1);
                Candidacy leader =
                        all.stream().filter(Candidacy::isLeader).findFirst().orElseThrow();
                assertThat(all.stream().filter(Candidacy::isLeader).count()).isEqualTo(1);
                leaders.decrementAndGet();
                all.remove(leader);
                leader.close();
            }
            assertThat(at).isEmpty();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(election(mine).leader()).isEmpty());
        }

        @Test
        void ofModulesAreTheirOwn() {
            leading(mine, "first");
            Candidacy billing = campaign(other.module("billing"), "billing");
            awaitLeads(billing);
            assertThat(election(mine.module("billing")).leader())
                    .map(Leader::payload)
                    .contains("billing");
        }

        @Test
        void excludeALockOfTheirName() {
            Candidacy first = leading(mine, "first");
            assertThat(other.lock().tryAcquire(name, TTL)).isEmpty();
            first.resign();
            assertGetsFree();
        }
    }

    @Nested
    class Leaders {

        private final List<String> seen = new CopyOnWriteArrayList<>();

        private Watch observe(Coordinator coordinator) {
            return election(coordinator)
                    .observe(leader -> seen.add(leader.map(Leader::payload).orElse("nobody")));
        }

        private void awaitSeen(String... payloads) {
            await().atMost(SOON).untilAsserted(() -> assertThat(seen).containsExactly(payloads));
        }

        @Test
        void areSeenByEverybody() {
            assertThat(election(other).leader()).isEmpty();
            Candidacy first = leading(mine, "first");
            Leader leader = election(other).leader().orElseThrow();
            assertThat(leader.payload()).isEqualTo("first");
            assertThat(leader.fencingToken())
                    .isEqualTo(first.leadership().orElseThrow().fencingToken());
            assertThat(leader.node()).isNotEmpty();
        }

        @Test
        void areObservedInTheirOrder() {
            Watch watch = observe(other);
            awaitSeen("nobody");
            Candidacy first = leading(mine, "one");
            awaitSeen("nobody", "one");
            Candidacy second = campaign(other, "two");
            first.proclaim("one and a half");
            awaitSeen("nobody", "one", "one and a half");
            first.resign();
            awaitLeads(second);
            second.resign();
            awaitSeen("nobody", "one", "one and a half", "two", "nobody");
            watch.close();
            assertThat(watch.isClosed()).isTrue();
        }

        @Test
        void areObservedFromThePresentOneOn() {
            leading(mine, "one");
            observe(other);
            awaitSeen("one");
        }

        @Test
        void aloneMayProclaim() {
            Candidacy first = leading(mine, "one");
            Candidacy second = campaign(other, "two");
            assertFails(ErrorCode.INVALID_STATE, () -> second.proclaim("no"));
            first.resign();
            assertFails(ErrorCode.INVALID_STATE, () -> first.proclaim("no"));
            awaitLeads(second);
            second.proclaim("yes");
            assertThat(election(mine).leader()).map(Leader::payload).contains("yes");
        }
    }

    @Nested
    @SuppressWarnings("NullAway") // what happens to null is the question here
    class BadElections {

        private void assertRefused(ThrowingCallable call, String parameter) {
            assertThatThrownBy(call)
                    .satisfies(hasCode(ErrorCode.VALIDATION_ERROR))
                    .hasMessageContaining(parameter);
        }

        @ParameterizedTest
        @NullSource
        @ValueSource(strings = {"", " ", "line\nbreak"})
        void badNamesAreRefused(String bad) {
            assertRefused(() -> mine.lock().election(bad), "name");
        }

        @Test
        void whatCannotBeSafeIsRefused() {
            assertRefused(() -> LeaderOptions.builder().ttl(Duration.ofSeconds(1)), "ttl");
            assertRefused(() -> LeaderOptions.builder().maxTerm(Duration.ofMillis(999)), "maxTerm");
            assertRefused(() -> LeaderOptions.builder().maxTerm(null), "maxTerm");
            assertRefused(() -> LeaderOptions.ofPayload("x".repeat(4_097)), "payload");
            assertRefused(() -> LeaderOptions.ofPayload(null), "payload");
            assertRefused(() -> LeaderOptions.ofPayload("half \ud83d pair"), "payload");
            assertRefused(() -> LeaderOptions.builder().label(""), "label");
        }

        @Test
        void missingArgumentsAreRefused() {
            LeaderOptions none = null;
            assertRefused(() -> election(mine).campaign(none, heard), "options");
            assertRefused(() -> election(mine).campaign("x", null), "listener");
            assertRefused(() -> election(mine).observe(null), "listener");
        }

        @Test
        void aClosedCoordinatorHasNone() {
            LeaderElection election = election(mine);
            mine.close();
            assertFails(ErrorCode.CLOSED, election::leader);
            assertFails(ErrorCode.CLOSED, () -> election.campaign("x", heard));
            assertFails(ErrorCode.CLOSED, () -> election.observe(leader -> {}));
        }

        @Test
        void aCandidateThatIsOverSaysSo() {
            Candidacy first = leading(mine, "one");
            first.close();
            first.close();
            assertThat(first.stepDown()).isFalse();
            result(first.ended().toCompletableFuture());
        }
    }
}
