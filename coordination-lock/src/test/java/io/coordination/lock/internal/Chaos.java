package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.internal.queue.PlaceMode;
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
    private final Map<String, Long> lastWriters = new HashMap<>();
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
        } else if (dice < 53) {
            downgradeAny();
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
        boolean reads = !options.fixedTtl() && random.nextInt(3) == 0;
        remember((tries ? "try " : "ask ") + (reads ? "to read " : "") + lock + "@" + node + " " + options);
        PlaceMode mode = reads ? PlaceMode.SHARED : PlaceMode.EXCLUSIVE;
        LockInMode wanted = new LockInMode(nodes.get(node).locks, lock, mode);
        if (tries) {
            CompletableFuture<Optional<LockHandle>> asked = wanted.tryAcquireAsync(options);
            open.add(asked);
            asked.thenAccept(answer -> answer.ifPresent(this::granted));
        } else {
            CompletableFuture<LockHandle> asked = wanted.acquireAsync(options);
            open.add(asked);
            asked.thenAccept(this::granted);
        }
    }

    private LockOptions options() {
        LockOptions.Builder options = LockOptions.builder()
                .ttl(Duration.ofSeconds(random.nextInt(4) == 0 ? 9 : 6))
                .fixedTtl(random.nextInt(8) == 0);
        options.localBatch(1 + random.nextInt(4));
        if (random.nextInt(4) == 0) {
            options.owner(LockOwner.named("owner " + random.nextInt(2)));
        }
        if (random.nextInt(4) == 0) {
            options.fixedTtl(false).retain(Duration.ofMillis(random.nextInt(3_000)));
        }
        if (random.nextInt(3) == 0) {
            options.waitTime(Duration.ofMillis(random.nextInt(3_000)));
        }
        return options.build();
    }

    private void granted(LockHandle handle) {
        remember("granted " + text(handle));
        boolean entersAgain = held.stream().anyMatch(other -> other.isHeld() && sameHold(other, handle));
        if (!operator && !entersAgain) {
            long token = handle.fencingToken();
            assertThat(token).as("token").isGreaterThan(lastWriters.getOrDefault(handle.key(), 0L));
            if (writes(handle)) {
                assertThat(token).as("token of a writer").isGreaterThan(lastTokens.getOrDefault(handle.key(), 0L));
                lastWriters.put(handle.key(), token);
            }
            lastTokens.merge(handle.key(), token, Math::max);
        }
        held.add(handle);
    }

    private static String text(LockHandle handle) {
        return handle.key() + " " + (handle.fencingToken() >> 16) + "/" + (handle.fencingToken() & 0xffff)
                + (writes(handle) ? "" : " to read");
    }

    private static boolean writes(LockHandle handle) {
        return ((Hold) handle).mode().equals(PlaceMode.EXCLUSIVE);
    }

    private static boolean sameHold(LockHandle one, LockHandle two) {
        return one.key().equals(two.key()) && one.fencingToken() == two.fencingToken();
    }

    private void downgradeAny() {
        List<LockHandle> writers = held.stream()
                .filter(handle -> handle.isHeld() && writes(handle))
                .toList();
        if (!writers.isEmpty()) {
            Hold writer = (Hold) any(writers);
            remember("downgrade " + text(writer));
            held.remove(writer);
            held.add(writer.downgrade());
        }
    }

    private void releaseAny() {
        if (!held.isEmpty()) {
            LockHandle handle = held.remove(random.nextInt(held.size()));
            remember("release " + text(handle));
            if (random.nextInt(8) == 0) {
                ((Hold) handle).giveUp(LockLostReason.WATCHDOG, Optional.empty());
            } else {
                handle.close();
            }
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
            List<KeyValue> queue = cluster.queue(lock);
            List<Long> keys = queue.stream().map(KeyValue::createRevision).toList();
            List<LockHandle> holders = held.stream()
                    .filter(handle -> handle.key().equals(lock) && handle.isHeld())
                    .filter(handle -> !operator || keys.contains(handle.fencingToken() >> 16))
                    .toList();
            List<Long> tokens =
                    holders.stream().map(LockHandle::fencingToken).distinct().toList();
            boolean anyWrites = holders.stream().anyMatch(Chaos::writes);
            assertThat(tokens).as("holders of " + lock).hasSizeLessThanOrEqualTo(anyWrites ? 1 : Integer.MAX_VALUE);
            holders.forEach(handle -> assertThat(before(handle, queue))
                    .as("keys before that of " + text(handle))
                    .allMatch(entry -> !writes(handle) && entry.value().utf8().contains("\"m\":\"r\"")));
            assertThat(keys).as("keys of holders").containsAll(revisions(holders));
        }
    }

    private static List<KeyValue> before(LockHandle holder, List<KeyValue> queue) {
        return queue.stream()
                .filter(entry -> entry.createRevision() < holder.fencingToken() >> 16)
                .toList();
    }

    private static List<Long> revisions(List<LockHandle> holders) {
        return holders.stream()
                .map(handle -> handle.fencingToken() >> 16)
                .distinct()
                .toList();
    }

    /** When all is well again, every key is somebody's, and the first one's owner holds. */
    private void assertRestful() {
        remember("calm");
        weather.clear();
        weather.pass(Duration.ofSeconds(25));
        open.removeIf(CompletableFuture::isDone);
        for (String lock : LOCKS) {
            List<KeyValue> queue = cluster.queue(lock);
            List<Long> holders = revisions(held.stream()
                    .filter(handle -> handle.key().equals(lock) && handle.isHeld())
                    .toList());
            assertThat(queue).as("places of " + lock).hasSizeLessThanOrEqualTo(2 * nodes.size());
            assertThat(queue.stream().limit(1).map(KeyValue::createRevision))
                    .as("first of " + lock)
                    .isSubsetOf(holders);
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
