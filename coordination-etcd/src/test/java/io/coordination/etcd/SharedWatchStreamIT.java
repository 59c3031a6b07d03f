package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.WatchEvent;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many watches on one stream of a real server, and responses so large that they come in fragments. */
@Timeout(120)
final class SharedWatchStreamIT extends StoreOnEtcd {

    @RegisterExtension
    static final EtcdExtension old = EtcdExtension.of(EtcdCluster.builder().version("3.4"));

    @RegisterExtension
    static final EtcdExtension current = EtcdExtension.of(EtcdCluster.builder().version("3.5"));

    private final String prefix = "/shared/" + UUID.randomUUID() + "/";
    private final WatchCounts counts = new WatchCounts();

    static Stream<EtcdExtension> servers() {
        return Stream.of(old, current);
    }

    private Store to(String endpoint) {
        return open(
                List.of(endpoint),
                settings -> settings.requestTimeout(Duration.ofSeconds(20)).instrumentation(counts));
    }

    private static void awaitOpened(WatchRecorder recorder) {
        await().atMost(Duration.ofSeconds(15))
                .until(() -> recorder.heard().stream().anyMatch(line -> line.startsWith("opened")));
    }

    @ParameterizedTest
    @MethodSource("servers")
    void theKeysOfALargeLeaseGoInOneRevision(EtcdExtension etcd) {
        Store store = to(etcd.endpoints().get(0));
        long lease = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        get(store.grant(lease, Duration.ofMinutes(5)));
        String longName = "x".repeat(500);
        for (int batch = 0; batch < 100; batch++) {
            int first = batch * 100;
            List<Op> operations = IntStream.range(first, first + 100)
                    .mapToObj(i -> Op.put(prefix + longName + i, Bytes.utf8(""), lease))
                    .toList();
            get(store.txn(Txn.always(operations.toArray(Op[]::new)).delivered(Delivery.REPEATABLE)));
        }
        List<Integer> sizes = new ArrayList<>();
        WatchRecorder recorder = new WatchRecorder() {
            @Override
            public void onRevision(long revision, List<WatchEvent> events) {
                sizes.add(events.size());
                super.onRevision(revision, List.of());
            }
        };
        store.watch(KeyRange.prefix(prefix), 0, recorder);
        awaitOpened(recorder);

        get(store.revoke(lease));

        await().atMost(Duration.ofSeconds(20))
                .until(() -> recorder.heard().stream().anyMatch(line -> line.startsWith("revision")));
        assertThat(sizes).containsExactly(10_000);
        assertThat(recorder.interruptions()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("servers")
    void eightMebibytesOfHistoryComeWholeAndInOrder(EtcdExtension etcd) {
        Store store = to(etcd.endpoints().get(0));
        String value = "v".repeat(256 << 10);
        List<String> written = IntStream.range(0, 32)
                .mapToLong(i -> get(store.txn(put(prefix + i, value))).revision())
                .mapToObj(revision -> "" + revision)
                .toList();
        WatchRecorder recorder = new WatchRecorder();

        store.watch(KeyRange.prefix(prefix), Long.parseLong(written.get(0)), recorder);

        recorder.await("revision " + written.get(31) + " [" + prefix + "31]");
        assertThat(recorder.heard().stream().filter(line -> line.startsWith("revision")))
                .extracting(line -> line.split(" ", -1)[1])
                .isEqualTo(written);
    }

    @ParameterizedTest
    @MethodSource("servers")
    void hundredsOfWatchesComeBackTogether(EtcdExtension etcd) {
        FaultProxy proxy = closedAtTheEnd(FaultProxy.to(etcd.cluster().clientUri(0)));
        Store store = to(proxy.uri().toString());
        get(store.txn(put(prefix + "first", "1")));
        List<WatchRecorder> recorders =
                IntStream.range(0, 500).mapToObj(i -> new WatchRecorder()).toList();
        recorders.forEach(recorder -> store.watch(KeyRange.prefix(prefix), 0, recorder));
        awaitAll(recorders, "opened");

        for (int round = 0; round < 3; round++) {
            proxy.cut();
            String key = prefix + round;
            long revision = get(store.txn(put(key, "1"))).revision();
            awaitAll(recorders, "revision " + revision + " [" + key + "]");
        }

        assertThat(recorders)
                .allSatisfy(
                        recorder -> assertThat(recorder.heard().stream().filter(line -> line.startsWith("revision")))
                                .hasSize(3));
        assertThat(counts.heard()).doesNotContain("streams 2");
    }

    private static void awaitAll(List<WatchRecorder> recorders, String line) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> recorders.stream()
                        .allMatch(recorder -> recorder.heard().stream().anyMatch(heard -> heard.startsWith(line))));
    }

    /** The facts that the shared stream is built on, at both ends of the versions that are supported. */
    @ParameterizedTest
    @MethodSource("servers")
    void idsAreTheClientsAndAProgressRequestIsAnswered(EtcdExtension etcd) throws InterruptedException {
        URI uri = etcd.cluster().clientUri(0);
        ManagedChannel channel = NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort())
                .usePlaintext()
                .build();
        BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        ClientCall<WatchRequest, WatchResponse> call = channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(WatchResponse response) {
                        responses.add(response);
                    }
                },
                CallHeaders.requiringLeader(new Token("")));
        call.request(100);

        call.sendMessage(WatchWire.create(KeyRange.prefix(prefix), 0, 41));
        call.sendMessage(WatchWire.create(KeyRange.prefix(prefix), 0, 42));
        call.sendMessage(WatchWire.create(KeyRange.prefix(prefix), 0, 41));
        assertThat(taken(responses).getWatchId()).isEqualTo(41);
        assertThat(taken(responses).getWatchId()).isEqualTo(42);
        assertThat(taken(responses)).matches(WatchResponse::getCreated).matches(WatchResponse::getCanceled);
        call.sendMessage(WatchWire.progress());
        assertThat(taken(responses)).matches(WatchWire::isProgress).matches(answer -> answer.getWatchId() == -1);
        call.sendMessage(WatchWire.cancel(41));
        assertThat(taken(responses)).matches(answer -> answer.getCanceled() && answer.getWatchId() == 41);

        call.cancel("the test is over", null);
        channel.shutdownNow();
    }

    private static WatchResponse taken(BlockingQueue<WatchResponse> responses) throws InterruptedException {
        WatchResponse response = responses.poll(10, TimeUnit.SECONDS);
        assertThat(response).isNotNull();
        return response;
    }
}
