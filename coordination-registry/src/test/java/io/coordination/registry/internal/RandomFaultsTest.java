package io.coordination.registry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Watch;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.KeyRange;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import io.coordination.testkit.HeldCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two processes want the same few ids while everything goes wrong that can; afterwards it must be as wished. */
class RandomFaultsTest {

    private static final int ROUNDS = 25;
    private static final int STEPS = 120;
    private static final List<String> IDS = List.of("a", "b", "c");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void endAsWishedAndNeverTakeAnIdFromItsOwner(long seed) {
        for (int round = 0; round < ROUNDS; round++) {
            try (World world = new World(new Random(seed * 10_000 + round))) {
                for (int step = 0; step < STEPS; step++) {
                    world.step();
                }
                String where = "seed " + seed + ", round " + round;
                world.calmDown();
                assertThat(world.takenFromOwners).as(where).isEmpty();
                assertThat(world.registered()).as(where).isEqualTo(world.wished());
                world.closeAll();
                assertThat(world.cluster.keysBelow("services/")).as(where).isEmpty();
            }
        }
    }

    /** The processes, what they wish for, and what is on its way. */
    private static final class World implements AutoCloseable {

        private final Random random;
        private final Cluster cluster = new Cluster();
        private final List<Node> nodes = List.of(cluster.node(), cluster.node());
        private final List<Wish> wishes = new ArrayList<>();
        private final List<HeldCalls> onTheirWay = new ArrayList<>();
        private final List<String> takenFromOwners = new ArrayList<>();
        private final Watch referee;

        World(Random random) {
            this.random = random;
            this.referee = cluster.memory.watch(
                    KeyRange.prefix(cluster.keys.servicePrefix(Cluster.SERVICE)), 1, new Referee(takenFromOwners));
        }

        void step() {
            Node node = nodes.get(random.nextInt(nodes.size()));
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> wish(node);
                case 3, 4 -> giveUp();
                case 5 -> node.store.dropLeases().join();
                case 6 -> cluster.delete(IDS.get(random.nextInt(IDS.size())));
                case 7 -> node.store.onNextTxn(txn -> true).loseAnswer();
                case 8 -> onTheirWay.add(node.store.onNextTxn(txn -> true).hold());
                case 9 -> onTheirWay.add(node.store.onNextTxn(txn -> true).holdAnswer());
                case 10 -> arrive();
                case 11 -> node.store.disconnect();
                case 12 -> node.store.reconnect();
                default -> cluster.time.advance(Duration.ofMillis(random.nextInt(4_000)));
            }
        }

        private void wish(Node node) {
            String id = IDS.get(random.nextInt(IDS.size()));
            ServiceInfo service = Cluster.instance(id, "10.0.0." + (1 + random.nextInt(250)));
            wishes.add(new Wish(node, id, node.registering(service)));
        }

        private void giveUp() {
            if (!wishes.isEmpty()) {
                wishes.remove(random.nextInt(wishes.size())).giveUp();
            }
        }

        private void arrive() {
            if (!onTheirWay.isEmpty()) {
                onTheirWay.remove(random.nextInt(onTheirWay.size())).release();
            }
        }

        void calmDown() {
            nodes.forEach(node -> node.store.reconnect());
            while (!onTheirWay.isEmpty()) {
                arrive();
            }
            // Faults that nobody met yet meet somebody now, one for each attempt.
            cluster.time.advance(Duration.ofMinutes(10));
        }

        Set<String> registered() {
            Set<String> registered = new HashSet<>();
            IDS.forEach(id -> cluster.address(id).ifPresent(address -> registered.add(id)));
            return registered;
        }

        /** What is wished for: an id that two processes wish for belongs to one of them. */
        Set<String> wished() {
            Set<String> wished = new HashSet<>();
            wishes.stream().filter(Wish::isKept).forEach(wish -> wished.add(wish.id()));
            return wished;
        }

        void closeAll() {
            wishes.forEach(Wish::giveUp);
            cluster.time.advance(Duration.ofSeconds(30));
        }

        @Override
        public void close() {
            referee.close();
            cluster.memory.close();
        }
    }

    /** One call of {@code registerAsync}. */
    private record Wish(Node node, String id, CompletableFuture<Registration> future) {

        boolean isKept() {
            return future.isDone() && !future.isCompletedExceptionally();
        }

        void giveUp() {
            if (isKept()) {
                // Registration.close() would wait for the clock.
                node.registry.unregisterAsync(id);
            } else {
                future.cancel(true);
            }
        }
    }

    /** Sees to it that an id changes hands only by being let go. */
    private static final class Referee implements WatchListener {

        private final Map<String, String> owners = new HashMap<>();
        private final List<String> fouls;

        Referee(List<String> fouls) {
            this.fouls = fouls;
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            for (WatchEvent event : events) {
                if (event instanceof WatchEvent.Put put) {
                    String nonce = String.valueOf(
                            InstanceValue.read(put.entry().value()).nonce());
                    String before = owners.put(event.key(), nonce);
                    if (before != null && !before.equals(nonce)) {
                        fouls.add(event.key() + " at revision " + revision);
                    }
                } else {
                    owners.remove(event.key());
                }
            }
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            fouls.add("history lost");
        }
    }
}
