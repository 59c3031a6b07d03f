package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberListResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClientUrlsTest {

    private static List<String> usable(String given, Member.Builder... members) {
        MemberListResponse.Builder list = MemberListResponse.newBuilder();
        for (Member.Builder member : members) {
            list.addMembers(member);
        }
        return new ClientUrls(List.of(Endpoint.parse(given)))
                .usable(list.build()).stream().map(Endpoint::toString).toList();
    }

    private static Member.Builder member(String... urls) {
        return Member.newBuilder().addAllClientURLs(List.of(urls));
    }

    @Test
    void allAddressesOfAllVotingMembersAreUsed() {
        assertThat(usable("http://a:2379", member("http://a:2379", "http://10.0.0.1:2379"), member("http://b:1")))
                .containsExactly("http://a:2379", "http://10.0.0.1:2379", "http://b:1");
    }

    @Test
    void learnersAndMembersThatNeverStartedAreLeftOut() {
        assertThat(usable("http://a:1", member("http://b:1").setIsLearner(true), member()))
                .isEmpty();
    }

    @Test
    void addressesOfTheOtherSchemeAreLeftOut() {
        assertThat(usable("https://a:1", member("http://b:1", "https://b:2", "unix://b:3", "no url at all")))
                .containsExactly("https://b:2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://localhost:2379", "http://127.0.0.1:2379", "http://[::1]:2379", "http://0.0.0.0:2379"})
    void loopbackAddressesAreLeftOutUnlessTheGivenEndpointIsOne(String loopback) {
        assertThat(usable("http://10.0.0.1:2379", member(loopback))).isEmpty();
        assertThat(usable("http://127.0.0.1:1", member(loopback))).containsExactly(loopback);
    }
}
