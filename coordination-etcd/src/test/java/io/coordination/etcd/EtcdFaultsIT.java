package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.RetryConfig;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.EtcdCluster;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A proxy breaks the connection to a real server at the worst moments. */
@Timeout(120)
final class EtcdFaultsIT extends StoreOnEtcd {

    @RegisterExtension
    static final EtcdExtension old = EtcdExtension.of(EtcdCluster.builder().version("3.4"));

    @RegisterExtension
    static final EtcdExtension current = EtcdExtension.of(EtcdCluster.builder().version("3.5"));

    private String prefix = "";

    @BeforeEach
    void choosePrefix() {
        prefix = "/faults/" + UUID.randomUUID() + "/";
    }

    private FaultProxy proxyTo(String version) {
        EtcdExtension etcd = version.equals("3.4") ? old : current;
        return closedAtTheEnd(FaultProxy.to(etcd.cluster().clientUri(0)));
    }

    private Store through(FaultProxy proxy, Duration requestTimeout) {
        return open(List.of(proxy.uri().toString()), settings -> settings.requestTimeout(requestTimeout));
    }

    /** Cuts the connection each time the server has confirmed the watch, before it can send the history. */
    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void cutsRightAfterTheWatchWasConfirmedLoseAndRepeatNothing(String version) {
        FaultProxy proxy = proxyTo(version);
        Store store = through(proxy, Duration.ofSeconds(5));
        List<Long> written = LongStream.range(0, 50)
                .map(i -> get(store.txn(put(prefix + "k", "" + i))).revision())
                .boxed()
                .toList();
        AtomicInteger cuts = new AtomicInteger();
        WatchRecorder recorder = new WatchRecorder() {
            @Override
            public void onOpened(long revision) {
                super.onOpened(revision);
                if (cuts.incrementAndGet() <= 5) {
                    proxy.cut();
                }
            }
        };

        store.watch(KeyRange.prefix(prefix), written.get(0), recorder);

        recorder.await("revision " + written.get(49) + " [" + prefix + "k]");
        // The history may come before a cut does: the cuts go on all the same, and nothing may come again with them.
        await().until(() -> cuts.get() > 5);
        assertThat(recorder.heard().stream().filter(line -> line.startsWith("revision")))
                .isEqualTo(written.stream()
                        .map(revision -> "revision " + revision + " [" + prefix + "k]")
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aLostAnswerToAGuardedWriteIsFoundOutByRepeatingIt(String version) {
        FaultProxy proxy = proxyTo(version);
        Store store = through(proxy, Duration.ofSeconds(4));
        get(store.range(RangeQuery.key(prefix)));
        proxy.swallowAnswers();

        Txn txn = Txn.when(Compare.absent(prefix + "k"))
                .then(Op.put(prefix + "k", Bytes.utf8("mine"), 0))
                .orElse(Op.get(prefix + "k"))
                .delivered(Delivery.REPEATABLE);
        CompletableFuture<?> healed = CompletableFuture.runAsync(
                proxy::heal, CompletableFuture.delayedExecutor(1, java.util.concurrent.TimeUnit.SECONDS));

        assertThat(get(store.txn(txn)).range(0).first().orElseThrow().value()).isEqualTo(Bytes.utf8("mine"));
        healed.join();
        assertThat(get(store.range(RangeQuery.key(prefix + "k")))
                        .first()
                        .orElseThrow()
                        .version())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aLostAnswerToAWriteForOnceIsAnUnknownOutcome(String version) {
        FaultProxy proxy = proxyTo(version);
        Store store = through(proxy, Duration.ofSeconds(1));
        get(store.range(RangeQuery.key(prefix)));
        proxy.swallowAnswers();

        CoordinationException failure = failure(store.txn(put(prefix + "k", "1").delivered(Delivery.ONCE)));

        assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        assertThat(failure.outcomeUnknown()).isTrue();
        proxy.heal();
        assertThat(get(store.range(RangeQuery.key(prefix + "k")))
                        .first()
                        .orElseThrow()
                        .version())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aLostAnswerToAGrantIsTheSameLease(String version) {
        FaultProxy proxy = proxyTo(version);
        Store store = through(proxy, Duration.ofSeconds(4));
        get(store.range(RangeQuery.key(prefix)));
        proxy.swallowAnswers();
        long lease = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);

        CompletableFuture<Duration> grant = store.grant(lease, Duration.ofSeconds(60));
        await().pollDelay(Duration.ofSeconds(1)).until(() -> !grant.isDone());
        proxy.heal();

        assertThat(get(grant)).isEqualTo(Duration.ofSeconds(60));
        get(store.revoke(lease));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aServerThatIsGoneForHalfASecondIsNotNoticed(String version) {
        FaultProxy proxy = proxyTo(version);
        Store store = through(proxy, Duration.ofSeconds(5));
        get(store.range(RangeQuery.key(prefix)));
        proxy.disconnect();
        CompletableFuture<?> read = store.range(RangeQuery.key(prefix));
        CompletableFuture<?> write = store.txn(put(prefix + "k", "1"));
        await().pollDelay(Duration.ofMillis(500)).until(() -> !read.isDone());

        proxy.accept();

        get(read);
        get(write);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aCableThatIsPulledEndsCallsInTime(String version) {
        FaultProxy proxy = proxyTo(version);
        Store store = through(proxy, Duration.ofSeconds(2));
        get(store.range(RangeQuery.key(prefix)));
        proxy.halfOpen();
        long began = System.nanoTime();

        CoordinationException failure = failure(store.range(RangeQuery.key(prefix)));

        assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        proxy.heal();
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> get(store.range(RangeQuery.key(prefix))) != null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void aWatchOverAPulledCableIsOpenedAnew(String version) {
        FaultProxy proxy = proxyTo(version);
        Store store = through(proxy, Duration.ofSeconds(5));
        WatchRecorder recorder = new WatchRecorder();
        store.watch(KeyRange.prefix(prefix), 0, recorder);
        await().until(() -> !recorder.heard().isEmpty());
        proxy.halfOpen();

        recorder.await("interrupted TIMEOUT_ERROR");
        proxy.cut();
        proxy.heal();

        await().atMost(Duration.ofSeconds(15))
                .until(() -> recorder.heard().stream()
                                .filter(line -> line.startsWith("opened"))
                                .count()
                        == 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void cancellingHundredsOfCallsLeavesTheStoreUsable(String version) {
        Store store = through(proxyTo(version), Duration.ofSeconds(5));
        List<CompletableFuture<?>> calls = IntStream.range(0, 500)
                .<CompletableFuture<?>>mapToObj(i -> store.range(RangeQuery.key(prefix)))
                .toList();

        calls.forEach(call -> call.cancel(true));

        get(store.range(RangeQuery.key(prefix)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.4", "3.5"})
    void compactionWhileTheConnectionIsDownEndsTheWatch(String version) {
        EtcdExtension etcd = version.equals("3.4") ? old : current;
        FaultProxy proxy = proxyTo(version);
        Store other = open(etcd.endpoints(), settings -> settings);
        Store store = open(List.of(proxy.uri().toString()), settings -> settings.retry(RetryConfig.none()));
        get(other.txn(put(prefix + "k", "0")));
        WatchRecorder recorder = new WatchRecorder();
        store.watch(KeyRange.prefix(prefix), 0, recorder);
        await().until(() -> !recorder.heard().isEmpty());
        proxy.disconnect();
        get(other.txn(put(prefix + "k", "1")));
        get(other.txn(put(prefix + "k", "2")));
        long last = get(other.txn(put(prefix + "k", "3"))).revision();
        etcd.cluster().compact(last);

        proxy.accept();

        await().atMost(Duration.ofSeconds(15))
                .until(() -> recorder.heard().stream().anyMatch(line -> line.startsWith("lost")));
    }
}
