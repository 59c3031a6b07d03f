package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.LockLostException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.StripedHold;
import io.coordination.lock.StripedLocks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StripesTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private static StripedLocks of(Node node, LockOptions options) {
        return node.locks.striped("files", 16, options);
    }

    private static LockOptions waiting(Duration time) {
        return Node.OPTIONS.toBuilder().waitTime(time).build();
    }

    /** A resource of each stripe. */
    private static List<String> resources(StripedLocks stripes) {
        return IntStream.range(0, stripes.stripes())
                .mapToObj(stripe -> IntStream.range(0, 10_000)
                        .mapToObj(i -> "file-" + i)
                        .filter(name -> stripes.stripe(name) == stripe)
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"'', cbf29ce484222325", "a, af63dc4c8601ec8c", "b, af63df4c8601f1a5", "foobar, 85944171f73967e8"})
    void theHashIsTheOneThatIsPublished(String text, String hash) {
        assertThat(Fnv1a.hash(text)).isEqualTo(Long.parseUnsignedLong(hash, 16));
    }

    @ParameterizedTest
    @CsvSource({"a, 16, 12", "foobar, 16, 8", "foobar, 1, 0", "a, 1000, 996", "foobar, 65536, 26600", "ü, 64, 42"})
    void stripesNeverChange(String resource, int stripes, int stripe) {
        assertThat(a.locks.striped("files", stripes, Node.OPTIONS).stripe(resource))
                .isEqualTo(stripe);
    }

    @Test
    void resourcesSpreadOverAllStripes() {
        int[] counts = new int[16];
        StripedLocks stripes = of(a, Node.OPTIONS);
        for (int i = 0; i < 16_000; i++) {
            counts[stripes.stripe("resource/" + i)]++;
        }
        IntStream.of(counts).forEach(count -> assertThat(count).isBetween(850, 1_150));
    }

    @Test
    void oneResourceIsOneLock() throws InterruptedException {
        StripedLocks mine = of(a, Node.OPTIONS);
        LockHandle held = mine.acquire("a");
        assertThat(held.key()).isEqualTo("files/16/12").isEqualTo(mine.key("a"));
        assertThat(of(b, Node.OPTIONS).tryAcquire("a")).isEmpty();
        of(b, Node.OPTIONS).tryAcquire("foobar").orElseThrow().close();
        held.close();
    }

    @Test
    void severalAreHeldTogetherEachStripeOnce() throws InterruptedException {
        StripedLocks mine = of(a, Node.OPTIONS);
        StripedHold held = mine.acquireAll(List.of("foobar", "a", "a"));
        assertThat(held.stripes()).containsExactly(8, 12);
        assertThat(held.isHeld()).isTrue();
        assertThat(held.remaining()).isPositive();
        assertThat(held.fencingToken("a")).isPositive().isNotEqualTo(held.fencingToken("foobar"));
        assertThatThrownBy(() -> held.fencingToken("b")).isInstanceOf(CoordinationException.class);
        assertThat(of(b, Node.OPTIONS).tryAcquireAll(List.of("a"))).isEmpty();
        assertThat(held.unlock()).isTrue();
        assertThat(held.isHeld()).isFalse();
        assertThat(held.unlock()).isFalse();
        of(b, Node.OPTIONS).tryAcquireAll(List.of("a", "foobar")).orElseThrow().close();
    }

    @Test
    void theyAreTakenInTheOrderOfTheirStripes() throws InterruptedException {
        StripedLocks mine = of(a, Node.OPTIONS);
        List<String> resources = new java.util.ArrayList<>(resources(mine));
        java.util.Collections.shuffle(resources, new java.util.Random(7));
        StripedHold held = mine.acquireAll(resources);
        long[] tokens = resources(mine).stream().mapToLong(held::fencingToken).toArray();
        assertThat(tokens).hasSize(16).isSorted();
        held.close();
    }

    @Test
    void noneIsKeptWhenOneCannotBeHad() throws InterruptedException {
        LockHandle inTheWay = of(b, Node.OPTIONS).acquire("a");
        assertThat(of(a, Node.OPTIONS).tryAcquireAll(List.of("foobar", "a"))).isEmpty();
        Caller<Optional<StripedHold>> trying =
                Caller.of(() -> of(a, waiting(Duration.ofSeconds(3))).tryAcquireAll(List.of("foobar", "a")));
        Caller<StripedHold> asking =
                Caller.of(() -> of(a, waiting(Duration.ofSeconds(3))).acquireAll(List.of("foobar", "a")));
        cluster.time.advance(Duration.ofSeconds(3));
        assertThat(trying.result()).isEmpty();
        assertThat(asking.failure()).isInstanceOf(CoordinationTimeoutException.class);
        of(b, Node.OPTIONS).tryAcquire("foobar").orElseThrow().close();
        inTheWay.close();
    }

    @Test
    void noneIsKeptAfterAnInterrupt() throws InterruptedException {
        LockHandle inTheWay = of(b, Node.OPTIONS).acquire("a");
        Caller<StripedHold> asking = Caller.of(() -> of(a, Node.OPTIONS).acquireAll(List.of("foobar", "a")));
        asking.interrupt();
        assertThat(asking.failure()).isInstanceOf(InterruptedException.class);
        of(b, Node.OPTIONS).tryAcquire("foobar").orElseThrow().close();
        inTheWay.close();
    }

    @Test
    void oneThatIsLostMeanwhileIsNotPassedOff() throws InterruptedException {
        LockHandle inTheWay = of(b, Node.OPTIONS).acquire("a");
        Caller<StripedHold> asking = Caller.of(() -> of(a, Node.OPTIONS).acquireAll(List.of("foobar", "a")));
        cluster.moment();
        cluster.delete(cluster.queue("files/16/8").get(0).key());
        cluster.moment();
        inTheWay.unlock();
        assertThat(asking.failure()).isInstanceOf(LockLostException.class);
    }

    @Test
    void badArgumentsAreRefused() {
        assertRefused("stripes", () -> a.locks.striped("files", 0, Node.OPTIONS));
        assertRefused("stripes", () -> a.locks.striped("files", 65_537, Node.OPTIONS));
        assertRefused("name", () -> a.locks.striped("x".repeat(510), 2, Node.OPTIONS));
        assertRefused("resource", () -> of(a, Node.OPTIONS).stripe(""));
        assertRefused("resources", () -> of(a, Node.OPTIONS).acquireAll(List.of()));
    }

    private static void assertRefused(String part, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        CoordinationException failure = catchThrowableOfType(CoordinationException.class, call);
        assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR);
        assertThat(failure).hasMessageContaining(part);
    }
}
