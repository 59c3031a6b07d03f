package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class EtcdClusterIT {

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aStartedMemberServesAtItsAddress(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder().version(version).start()) {
            cluster.etcdctl("put", "key", "value");

            assertThat(cluster.version()).startsWith(version + ".");
            assertThat(cluster.endpoints()).containsExactly(cluster.clientUri(0).toString());
            assertThat(value(cluster, "key")).isEqualTo("value");
            assertThat(cluster.leader()).isSameAs(cluster.member(0));
            assertThat(cluster.member(0).isHealthy()).isTrue();
            assertThat(cluster.member(0).metric("etcd_server_proposals_committed_total"))
                    .isPresent();
            assertThatThrownBy(cluster::start).isInstanceOf(IllegalStateException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void dataAndAddressSurviveKillAndStop(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder().version(version).start()) {
            EtcdMember member = cluster.member(0);
            List<String> endpoints = cluster.endpoints();
            cluster.etcdctl("put", "key", "value");

            member.kill();
            assertThat(member.isRunning()).isFalse();
            assertThat(member.isHealthy()).isFalse();
            member.restart();
            assertThat(value(cluster, "key")).isEqualTo("value");

            member.stop();
            assertThat(member.isRunning()).isFalse();
            member.restart();
            assertThat(value(cluster, "key")).isEqualTo("value");
            assertThat(cluster.endpoints()).isEqualTo(endpoints);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aPausedMemberIsSilentUntilItIsResumed(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder().version(version).start()) {
            EtcdMember member = cluster.member(0);
            cluster.etcdctl("put", "key", "value");

            member.pause();
            assertThat(member.isRunning()).isTrue();
            assertThat(member.isHealthy()).isFalse();
            assertThat(member.isLeader()).isFalse();

            member.resume();
            member.awaitHealthy();
            assertThat(value(cluster, "key")).isEqualTo("value");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aPausedMemberCanBeStopped(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder().version(version).start()) {
            cluster.member(0).pause();

            cluster.member(0).restart();

            assertThat(cluster.member(0).isHealthy()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void threeMembersElectAnotherLeaderWhenTheirsIsKilled(String version) {
        try (EtcdCluster cluster =
                EtcdCluster.builder().version(version).members(3).start()) {
            cluster.etcdctl("put", "key", "value");
            EtcdMember first = cluster.leader();
            assertThat(cluster.followers()).hasSize(2).doesNotContain(first);

            first.kill();
            EtcdMember second = cluster.leader();
            assertThat(second).isNotSameAs(first);
            assertThat(value(cluster, "key")).isEqualTo("value");

            first.restart();
            assertThat(cluster.members()).allMatch(EtcdMember::isHealthy);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void threeMembersKeepTheirDataWhenAllRestart(String version) {
        try (EtcdCluster cluster =
                EtcdCluster.builder().version(version).members(3).start()) {
            cluster.etcdctl("put", "key", "value");

            cluster.restartAll();

            assertThat(value(cluster, "key")).isEqualTo("value");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void compactedRevisionsCannotBeRead(String version) {
        try (EtcdCluster cluster = EtcdCluster.builder().version(version).start()) {
            cluster.etcdctl("put", "key", "1");
            cluster.etcdctl("put", "key", "2");

            cluster.compact(3);

            assertThatThrownBy(() -> cluster.etcdctl("get", "key", "--rev=2"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("compacted");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aMemberThatCannotStartShowsTheEndOfItsLog(String version) {
        EtcdClusterBuilder wrong = EtcdCluster.builder().version(version).arguments("--no-such-flag");

        assertThatThrownBy(wrong::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("etcd0")
                .hasMessageContaining("no-such-flag");
    }

    private static String value(EtcdCluster cluster, String key) {
        return cluster.etcdctl("get", key, "--print-value-only").strip();
    }
}
