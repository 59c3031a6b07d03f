package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.store.KeyValue;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** One random run: what users do, what goes wrong, and what must hold after every step and in the end. */
final class Chaos {

    private static final List<String> LOCKS = List.of("x", "y");
    private static final int REMEMBERED = 40;
    private static final int STEPS_BETWEEN_CALMS = 75;

    private final Cluster cluster = new Cluster();
    private final List<Node> nodes = List.of(cluster.node(), cluster.node(), cluster.node());
    private final List<CompletableFuture<?>> open = new ArrayList<>();
    private final List<LockHandle> held = new ArrayList<>();
    private final Map<String, Long> lastTokens = new HashMap<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final Random random;
    private final Weather weather;
    private final long seed;
    private final boolean operator;

    /**
     * A run.
     *
     * @param operator whether somebody deletes keys and leases by hand
     */
    Chaos(long seed, boolean operator) {
        this.seed = seed;
        this.operator = operator;
        this.random = new Random(seed);
        this.weather = new Weather(cluster, nodes, random, this::remember);
    }

    void run(int steps) {
        try {
            for (int step = 1; step <= steps; step++) {
                step();
                assertExclusive();
                if (step % STEPS_BETWEEN_CALMS == 0) {
                    assertRestful();
                }
            }
            assertAllEnds();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ", operator " + operator + ": " + String.join("; ", trace), e);
        }
    }

    private void remember(String step) {
        trace.addLast(step);
        if (trace.size() > REMEMBERED) {
            trace.removeFirst();
        }
    }

    private <T> T any(List<T> candidates) {
        return candidates.get(random.nextInt(candidates.size()));
    }

    // ---- what happens

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 22) {
            ask();
        } else if (dice < 42) {
            releaseAny();
        } else if (dice < 48) {
            giveUpAny();
        } else if (dice < 51) {
            renewAny();
        } else if (dice < 70) {
            pass(Duration.ofMillis(random.nextInt(400)));
        } else if (dice < 73) {
            pass(Duration.ofMillis(1_000 + random.nextInt(6_000)));
        } else if (operator && dice < 76) {
            weather.deleteByHand();
        } else {
            weather.change();
        }
    }

    private void pass(Duration time) {
        remember("+" + time.toMillis() + " ms");
        cluster.time.advance(time);
    }

    private void ask() {
        int node = random.nextInt(nodes.size());
        String lock = any(LOCKS);
        LockOptions options = options();
        boolean tries = random.nextInt(3) == 0;
        remember((tries ? "try " : "ask ") + lock + "@" + node + " " + options);
        QueueLocks locks = nodes.get(node).locks;
        if (tries) {
            CompletableFuture<Optional<LockHandle>> asked = locks.tryAcquireAsync(lock, options);
            open.add(asked);
            asked.thenAccept(answer -> answer.ifPresent(this::granted));
        } else {
            CompletableFuture<LockHandle> asked = locks.acquireAsync(lock, options);
            open.add(asked);
            asked.thenAccept(this::granted);
        }
    }

    private LockOptions options() {
        LockOptions.Builder options = LockOptions.builder()
                .ttl(Duration.ofSeconds(random.nextInt(4) == 0 ? 9 : 6))
                .fixedTtl(random.nextInt(8) == 0);
        if (random.nextInt(3) == 0) {
            options.waitTime(Duration.ofMillis(random.nextInt(3_000)));
        }
        return options.build();
    }

    private void granted(LockHandle handle) {
        remember("granted " + handle.key() + " " + (handle.fencingToken() >> 16));
        Long last = lastTokens.put(handle.key(), handle.fencingToken());
        if (last != null && !operator) {
            assertThat(handle.fencingToken()).as("token").isGreaterThan(last);
        }
        held.add(handle);
    }

    private void releaseAny() {
        if (!held.isEmpty()) {
            LockHandle handle = held.remove(random.nextInt(held.size()));
            remember("release " + handle.key() + " " + (handle.fencingToken() >> 16));
            handle.close();
            assertThat(handle.isHeld()).isFalse();
        }
    }

    private void giveUpAny() {
        if (!open.isEmpty()) {
            remember("give up");
            any(open).cancel(false);
        }
    }

    private void renewAny() {
        if (!held.isEmpty() && any(held) instanceof Hold hold && hold.isHeld()) {
            Duration ttl = Duration.ofSeconds(random.nextBoolean() ? 6 : 9);
            remember("renew " + hold.key() + " " + (hold.fencingToken() >> 16) + " " + ttl);
            hold.renewAsync(Optional.of(ttl));
        }
    }

    // ---- what must hold

    /** After every step. A holder whose key somebody deleted may not know it yet; nobody else may hold without a key. */
    private void assertExclusive() {
        for (String lock : LOCKS) {
            List<Long> queue =
                    cluster.queue(lock).stream().map(KeyValue::createRevision).toList();
            List<Long> holders = held.stream()
                    .filter(handle -> handle.key().equals(lock) && handle.isHeld())
                    .map(handle -> handle.fencingToken() >> 16)
                    .filter(revision -> !operator || queue.contains(revision))
                    .toList();
            assertThat(holders).as("holders of " + lock).hasSizeLessThanOrEqualTo(1);
            assertThat(queue.subList(0, Math.min(queue.size(), holders.size())))
                    .as("first key of " + lock)
                    .isEqualTo(holders);
        }
    }

    /** When all is well again, every key is somebody's, and the first one's owner holds. */
    private void assertRestful() {
        remember("calm");
        weather.clear();
        weather.pass(Duration.ofSeconds(25));
        open.removeIf(CompletableFuture::isDone);
        for (String lock : LOCKS) {
            List<KeyValue> queue = cluster.queue(lock);
            List<Long> holders = held.stream()
                    .filter(handle -> handle.key().equals(lock) && handle.isHeld())
                    .map(handle -> handle.fencingToken() >> 16)
                    .toList();
            assertThat(queue).as("places of " + lock).hasSizeLessThanOrEqualTo(nodes.size());
            assertThat(queue.stream().limit(1).map(KeyValue::createRevision))
                    .as("first of " + lock)
                    .containsExactlyElementsOf(holders);
        }
        held.removeIf(handle -> !handle.isHeld());
    }

    /** In the end every request has an end, and nothing stays. */
    private void assertAllEnds() {
        weather.clear();
        for (int round = 0; round < 200 && stillRunning(); round++) {
            List.copyOf(held).forEach(handle -> {
                held.remove(handle);
                handle.close();
            });
            weather.pass(Duration.ofMillis(500));
            assertExclusive();
        }
        assertThat(open).as("requests without an end").allMatch(CompletableFuture::isDone);
        cluster.assertNothingStays();
    }

    private boolean stillRunning() {
        return Stream.concat(open.stream().filter(asked -> !asked.isDone()), held.stream())
                .findAny()
                .isPresent();
    }
}
