package io.coordination.etcd;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinatorOptions;
import io.coordination.Instrumentation;
import io.coordination.testkit.ManualTime;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class MembersTest {

    private static final Endpoint A = Endpoint.parse("http://a:1");
    private static final Endpoint B = Endpoint.parse("http://b:1");
    private static final Endpoint C = Endpoint.parse("http://c:1");
    private static final long CLUSTER = 77;

    private final ManualTime time = new ManualTime();
    private final Map<Endpoint, StateChannel> channels = new HashMap<>();
    private final List<String> told = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    private Members start(Endpoint... endpoints) {
        Instrumentation.Connections heard = new Instrumentation.Connections() {
            @Override
            public void member(String endpoint, boolean answers) {
                told.add(endpoint + (answers ? " answers" : " is silent"));
            }
        };
        Members members = new Members(
                List.of(endpoints),
                endpoint -> channels.computeIfAbsent(endpoint, each -> new StateChannel()),
                time,
                new MemberJournal(heard));
        TokenSource tokens = new TokenSource(
                members,
                time,
                new EtcdErrors(List.of(endpoints)),
                CoordinatorOptions.builder().build(),
                Instrumentation.Connections.NONE);
        members.start(ProbeMeans.of(tokens, CoordinatorOptions.builder().build()), connections::incrementAndGet);
        return members;
    }

    private void connect(Endpoint... endpoints) {
        for (Endpoint endpoint : endpoints) {
            channel(endpoint).become(READY);
            channel(endpoint).answerProbe("3.5.30", CLUSTER, 1);
        }
    }

    private StateChannel channel(Endpoint endpoint) {
        StateChannel channel = channels.get(endpoint);
        assertThat(channel).isNotNull();
        return channel;
    }

    private static Member member(Members members, Endpoint endpoint) {
        return members.all().stream()
                .filter(each -> each.endpoint().equals(endpoint))
                .findFirst()
                .orElseThrow();
    }

    /** Whom the next calls go to, in order. */
    private static List<Endpoint> picks(Members members, int calls) {
        List<Endpoint> picked = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            picked.add(members.pick(null).endpoint());
        }
        return picked;
    }

    @Nested
    @DisplayName("Choosing")
    class Choosing {

        @Test
        void callsGoToAllMembersInTurn() {
            Members members = start(A, B, C);
            connect(A, B, C);

            List<Endpoint> picked = picks(members, 9);

            assertThat(Set.copyOf(picked)).containsExactlyInAnyOrder(A, B, C);
            assertThat(picked.subList(0, 3)).isEqualTo(picked.subList(3, 6)).isEqualTo(picked.subList(6, 9));
        }

        @Test
        void theFirstEndpointIsNotAlwaysTheFirstToBeAsked() {
            Set<Endpoint> first = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                first.add(start(A, B, C).pick(null).endpoint());
            }

            assertThat(first).containsExactlyInAnyOrder(A, B, C);
        }

        @Test
        void aMemberThatIsNotConnectedIsSkippedWhileAnotherOneIs() {
            Members members = start(A, B, C);
            connect(B);
            channel(C).become(TRANSIENT_FAILURE);

            assertThat(picks(members, 6)).containsOnly(B);
        }

        @Test
        void theMemberToAvoidIsTakenOnlyWhenNoOtherOneIsUsable() {
            Members members = start(A, B, C);
            connect(A, B);
            for (int i = 0; i < 6; i++) {
                assertThat(members.pick(member(members, A)).endpoint()).isEqualTo(B);
            }

            channel(B).become(TRANSIENT_FAILURE);

            assertThat(members.pick(member(members, A)).endpoint()).isEqualTo(A);
        }

        @Test
        void withoutAnyConnectionOneThatMayComeIsBetterThanOneThatFailed() {
            Members members = start(A, B);
            channel(A).become(TRANSIENT_FAILURE);
            channel(B).become(CONNECTING);

            assertThat(picks(members, 4)).containsOnly(B);
        }

        @Test
        void theFirstChoiceConnectsAllMembers() {
            Members members = start(A, B, C);
            assertThat(channel(A).connects()).isZero();

            members.pick(null);

            assertThat(List.of(A, B, C)).allMatch(endpoint -> channel(endpoint).connects() == 1);
        }

        @Test
        void aLoneMemberIsTakenHoweverItIs() {
            Members members = start(A);
            channel(A).become(TRANSIENT_FAILURE);
            members.pick(null).failed();

            assertThat(members.pick(members.all().get(0)).endpoint()).isEqualTo(A);
        }
    }

    @Nested
    @DisplayName("Setting aside")
    class SettingAside {

        @Test
        void aMemberThatFailedIsNotAskedUntilAProbeFindsItWell() {
            Members members = start(A, B);
            connect(A, B);

            member(members, A).failed();
            assertThat(picks(members, 6)).containsOnly(B);

            time.advance(MemberHealth.LEAST_PAUSE);
            assertThat(picks(members, 6)).containsOnly(B);
            channel(A).answerProbe("3.5.30", CLUSTER, 1);
            assertThat(picks(members, 6)).containsOnly(B);
            channel(A).answerRead(CLUSTER);
            assertThat(picks(members, 6)).contains(A, B);
        }

        @Test
        void aMemberWithoutALeaderStaysAside() {
            Members members = start(A, B);
            connect(A, B);
            member(members, A).failed();
            time.advance(MemberHealth.LEAST_PAUSE);

            channel(A).answerProbe("3.5.30", CLUSTER, 0);

            assertThat(picks(members, 6)).containsOnly(B);
        }

        @Test
        void aLeaderThatLostItsFollowersStaysAsideThoughItNamesItself() {
            Members members = start(A, B);
            connect(A, B);
            member(members, A).failed();
            time.advance(MemberHealth.LEAST_PAUSE);
            channel(A).answerProbe("3.5.30", CLUSTER, 1);

            channel(A).failProbe(Status.DEADLINE_EXCEEDED);

            assertThat(picks(members, 6)).containsOnly(B);
        }

        @Test
        void aMemberThatConnectsWithoutALeaderIsNotAsked() {
            Members members = start(A, B);
            connect(B);
            channel(A).become(READY);

            channel(A).answerProbe("3.5.30", CLUSTER, 0);

            assertThat(picks(members, 6)).containsOnly(B);
        }

        @Test
        void whoRefusesToTellItsStatusIsAskedToReadAndARefusalOfThatIsAnAnswer() {
            Members members = start(A, B);
            connect(A, B);
            member(members, A).failed();
            time.advance(MemberHealth.LEAST_PAUSE);

            channel(A).failProbe(Status.PERMISSION_DENIED);
            assertThat(picks(members, 6)).containsOnly(B);
            channel(A).failProbe(Status.PERMISSION_DENIED);

            assertThat(picks(members, 6)).contains(A, B);
        }

        @Test
        void probesComeAtGrowingPausesOfAtMostThreeSeconds() {
            Members members = start(A, B);
            connect(A, B);
            int before = channel(A).probesSeen();
            member(members, A).failed();

            List<Duration> pauses = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                pauses.add(time.advanceToNextTask().orElseThrow());
                channel(A).failProbe(Status.UNAVAILABLE);
            }

            assertThat(channel(A).probesSeen() - before).isEqualTo(6);
            assertThat(pauses.stream().map(Duration::toMillis)).containsExactly(200L, 400L, 800L, 1600L, 3000L, 3000L);
        }

        @Test
        void whoFailsAgainSoonAfterwardsIsProbedAfterALongerPause() {
            Members members = start(A, B);
            connect(A, B);
            member(members, A).failed();
            time.advance(MemberHealth.LEAST_PAUSE);
            channel(A).answerProbe("3.5.30", CLUSTER, 1);
            channel(A).answerRead(CLUSTER);

            member(members, A).failed();

            assertThat(time.advanceToNextTask()).contains(Duration.ofMillis(400));
        }

        @Test
        void whenAllAreSetAsideTheyAreAskedAllTheSame() {
            Members members = start(A, B);
            connect(A, B);
            channel(B).become(TRANSIENT_FAILURE);

            member(members, A).failed();

            assertThat(picks(members, 4)).containsOnly(A);
        }

        @Test
        void oneProbeRunsAtATime() {
            Members members = start(A, B);
            connect(A, B);
            int before = channel(A).probesSeen();

            member(members, A).failed();
            member(members, A).failed();
            time.advance(Duration.ofSeconds(30));
            member(members, A).answered();
            time.advance(Duration.ofSeconds(30));

            assertThat(channel(A).probesSeen() - before).isEqualTo(1);
        }

        @Test
        void closingEndsTheProbes() {
            Members members = start(A, B);
            connect(A, B);
            member(members, A).failed();

            assertThat(members.close()).hasSize(2);

            assertThat(time.pendingTasks()).isZero();
            member(members, B).failed();
            assertThat(time.pendingTasks()).isZero();
        }
    }

    @Nested
    @DisplayName("Waiting for a connection")
    class Waiting {

        @Test
        void endsWithTheFirstConnection() {
            Members members = start(A, B);
            CompletableFuture<Void> connected = members.connected();
            channel(A).become(TRANSIENT_FAILURE);
            time.advance(Duration.ZERO);
            assertThat(connected).isNotDone();

            connect(B);
            time.advance(Duration.ZERO);

            assertThat(connected).isCompleted();
            assertThat(connections).hasPositiveValue();
        }

        @Test
        void endsWhenAllAttemptsFailed() {
            Members members = start(A, B);
            CompletableFuture<Void> connected = members.connected();

            channel(A).become(TRANSIENT_FAILURE);
            channel(B).become(TRANSIENT_FAILURE);
            time.advance(Duration.ZERO);

            assertThat(connected).isCompleted();
            assertThat(members.connected()).isCompleted();
        }

        @Test
        void endsAfterASecond() {
            CompletableFuture<Void> connected = start(A, B).connected();

            time.advance(Members.PATIENCE.minusNanos(1));
            assertThat(connected).isNotDone();
            time.advance(Duration.ofNanos(1));

            assertThat(connected).isCompleted();
        }

        @Test
        void endsWithTheStore() {
            Members members = start(A, B);
            CompletableFuture<Void> connected = members.connected();

            members.close();

            assertThat(connected).isCompleted();
        }

        @Test
        void isNoneForALoneMember() {
            assertThat(start(A).connected()).isCompleted();
        }
    }

    @Nested
    @DisplayName("Telling")
    class Telling {

        @Test
        void eachTransitionIsToldOnce() {
            Members members = start(A, B);
            connect(A);
            channel(B).become(TRANSIENT_FAILURE);
            channel(B).become(CONNECTING);
            channel(B).become(TRANSIENT_FAILURE);
            member(members, A).failed();
            member(members, A).failed();
            time.advance(MemberHealth.LEAST_PAUSE);
            channel(A).answerProbe("3.5.30", CLUSTER, 1);
            channel(A).answerRead(CLUSTER);

            assertThat(told).containsExactly(A + " answers", B + " is silent", A + " is silent", A + " answers");
        }

        @Test
        void theVersionIsKnownOnceAMemberIsConnected() {
            Members members = start(A, B);
            assertThat(member(members, A).version()).isEmpty();
            connect(A);

            assertThat(member(members, A).version()).contains(new EtcdVersion(3, 5, 30));
            assertThat(members.loseWatchEvents()).isFalse();
            channel(B).become(READY);
            channel(B).answerProbe("3.4.23", CLUSTER, 1);
            assertThat(members.loseWatchEvents()).isTrue();
        }
    }

    @Nested
    @DisplayName("Coming and going")
    class ComingAndGoing {

        @Test
        void aMemberThatWasFoundIsUsedOnceItHasShownItsCluster() {
            Members members = start(A);
            connect(A);

            members.become(List.of(A, B), CLUSTER);
            channel(B).become(READY);
            assertThat(picks(members, 4)).containsOnly(A);
            channel(B).answerProbe("3.5.30", CLUSTER, 1);

            assertThat(picks(members, 4)).contains(A, B);
        }

        @Test
        void aMemberOfAnotherClusterIsNeverUsed() {
            Members members = start(A);
            connect(A);
            members.become(List.of(B), CLUSTER);
            channel(B).become(READY);

            channel(B).answerProbe("3.5.30", 78, 1);
            channel(A).become(TRANSIENT_FAILURE);

            assertThat(picks(members, 4)).containsOnly(A);
        }

        @Test
        void aMemberThatLeftDrainsAndIsEnded() {
            Members members = start(A);
            members.become(List.of(B), CLUSTER);
            connect(B);

            members.become(List.of(), CLUSTER);

            assertThat(picks(members, 4)).containsOnly(A);
            assertThat(channel(B).isShutdown()).isTrue();
            assertThat(channel(B).isTerminated()).isFalse();
            time.advance(Members.DRAINING);
            assertThat(channel(B).isTerminated()).isTrue();
        }

        @Test
        void theGivenEndpointsStay() {
            Members members = start(A, B);

            members.become(List.of(C), CLUSTER);
            members.become(List.of(), CLUSTER);

            assertThat(members.all()).extracting(Member::endpoint).containsExactly(A, B);
        }

        @Test
        void aMemberThatIsStillThereKeepsItsConnection() {
            Members members = start(A);
            members.become(List.of(B), CLUSTER);
            connect(B);
            Member before = member(members, B);

            members.become(List.of(B, C), CLUSTER);

            assertThat(member(members, B)).isSameAs(before);
        }

        @Test
        void aClosedStoreTakesNoNewMembers() {
            Members members = start(A);
            members.close();

            members.become(List.of(B), CLUSTER);

            assertThat(channels).containsOnlyKeys(A);
        }
    }
}
