package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.store.Store;
import io.coordination.store.session.Session;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.EtcdMember;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Four thousand sessions of one client, renewed through one member of three for several times their TTL. */
@Timeout(180)
abstract class ManyLeasesScenarios extends FaultSuite {

    private static final int LEASES = 4_000;
    private static final int OPENED_AT_ONCE = 200;
    /** A thousand renewals a second, on a machine that also runs the three members. */
    private static final Duration TTL = Duration.ofSeconds(12);

    private static final Duration WATCHED = TTL.multipliedBy(2).plusSeconds(2);

    @Test
    void noneIsLostThroughAFollower() {
        keepAlive(etcd().cluster().followers().get(0));
    }

    @Test
    void noneIsLostThroughTheLeader() {
        keepAlive(etcd().cluster().leader());
    }

    private void keepAlive(EtcdMember member) {
        Store store = open(
                List.of(member.clientUri().toString()), settings -> settings.requestTimeout(Duration.ofSeconds(20)));
        Sessions sessions = sessions(store);
        Queue<String> losses = new ConcurrentLinkedQueue<>();
        List<Session> all = IntStream.range(0, LEASES / OPENED_AT_ONCE)
                .mapToObj(round -> open(sessions))
                .flatMap(List::stream)
                .toList();
        all.forEach(session -> session.onLost(loss -> losses.add(loss.toString())));
        long open = System.nanoTime();

        await().atMost(WATCHED.plusSeconds(10))
                .failFast(() -> assertThat(losses).isEmpty())
                .until(() -> since(open).compareTo(WATCHED) > 0);

        assertThat(losses).isEmpty();
        assertThat(all).allMatch(Session::isValid);
        get(sessions.closeAsync());
    }

    private static List<Session> open(Sessions sessions) {
        List<CompletableFuture<Session>> opening = IntStream.range(0, OPENED_AT_ONCE)
                .mapToObj(i -> sessions.dedicated(TTL))
                .toList();
        return opening.stream().map(StoreOnEtcd::get).toList();
    }
}
