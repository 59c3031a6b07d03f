package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinatorOptions;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class EtcdStoreLifecycleTest {

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .collect(Collectors.toSet());
    }

    private static Set<String> namesOfNewThreads(Set<Thread> before) {
        return threads().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .collect(Collectors.toSet());
    }

    private static Store open(FakeEtcd etcd, TimeSource time) {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints(etcd.endpoint(), "http://localhost:" + etcd.port())
                .build();
        return new EtcdStoreProvider().open(options, time);
    }

    @Test
    void closingLeavesNoThreadBehind() {
        Set<Thread> before = threads();
        FakeEtcd etcd = new FakeEtcd();
        TimeSource time = TimeSource.system("lifecycle");
        Store store = open(etcd, time);
        store.range(RangeQuery.key("/k")).join();
        store.watch(KeyRange.prefix("/p/"), 0, new WatchRecorder());
        assertThat(namesOfNewThreads(before)).anyMatch(name -> name.startsWith("coordination-etcd-io-"));

        etcd.range.script(Scripted.hang());
        CompletableFuture<?> pending = store.range(RangeQuery.key("/k"));
        store.close();
        assertThat(pending).isDone();

        assertThat(namesOfNewThreads(before)).noneMatch(name -> name.startsWith("coordination-etcd-"));
        etcd.close();
        time.close();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(namesOfNewThreads(before))
                        .allMatch(name -> name.startsWith("grpc-") || name.startsWith("awaitility")));
    }

    @Test
    void closingLeavesNoThreadOfGrpcOrNettyBehindEither() {
        Set<Thread> before = threads();
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("http://127.0.0.1:1", "http://nowhere.invalid:1")
                .build();
        TimeSource time = TimeSource.system("lifecycle");
        Store store = new EtcdStoreProvider().open(options, time);
        assertThat(store.range(RangeQuery.key("/k"))).failsWithin(Duration.ofSeconds(6));

        store.close();
        time.close();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(namesOfNewThreads(before)).allMatch(name -> name.startsWith("awaitility")));
    }

    @Test
    void closingUnderLoadWithMembersInEveryStateEndsAllCallsAndThreads() throws IOException {
        Set<Thread> before = threads();
        try (FakeEtcd serving = new FakeEtcd();
                FakeEtcd hung = new FakeEtcd();
                ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TimeSource time = TimeSource.system("lifecycle")) {
            hung.range.script(Scripted.hang());
            hung.status.script(Scripted.hang());
            CoordinatorOptions options = CoordinatorOptions.builder()
                    .endpoints(
                            serving.endpoint(),
                            hung.endpoint(),
                            "http://127.0.0.1:1",
                            "http://127.0.0.1:" + mute.getLocalPort())
                    .discoverMembers(true)
                    .build();
            Store store = new EtcdStoreProvider().open(options, time);
            store.ready().join();
            List<CompletableFuture<?>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                calls.add(store.range(RangeQuery.key("/k")));
                calls.add(store.renewOnce(i + 1, Duration.ofSeconds(60)));
            }
            calls.add(store.ready());

            store.close();

            assertThat(calls).allMatch(CompletableFuture::isDone);
            await().untilAsserted(() ->
                    assertThat(namesOfNewThreads(before)).noneMatch(name -> name.startsWith("coordination-etcd")));
        }
    }

    @Test
    void ourThreadsAreDaemons() {
        Set<Thread> before = threads();
        try (FakeEtcd etcd = new FakeEtcd();
                TimeSource time = TimeSource.system("lifecycle");
                Store store = open(etcd, time)) {
            store.range(RangeQuery.key("/k")).join();

            assertThat(threads())
                    .filteredOn(thread -> !before.contains(thread))
                    .filteredOn(thread -> thread.getName().startsWith("coordination-"))
                    .isNotEmpty()
                    .allMatch(Thread::isDaemon);
        }
    }

    @Test
    void closingTwiceIsOnceAndBounded() {
        try (FakeEtcd etcd = new FakeEtcd();
                TimeSource time = TimeSource.system("lifecycle")) {
            Store store = open(etcd, time);
            long began = System.nanoTime();

            store.close();
            store.close();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void aStoreThatNeverCalledAnybodyConnectsToNobody() {
        try (FakeEtcd etcd = new FakeEtcd();
                TimeSource time = TimeSource.system("lifecycle")) {
            Store store = open(etcd, time);

            store.close();

            assertThat(etcd.header(CallHeaders.TOKEN)).isEmpty();
        }
    }
}
