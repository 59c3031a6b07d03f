package io.coordination.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The work of the suite {@code store}, the same for every client library. */
public final class StoreWorkloads {

    private static final String VALUE = "v".repeat(100);
    private static final List<String> KEYS = names("/bench/keys/", 1_000);

    private final StoreClient client;
    private StoreClient.Holding holding = new StoreClient.Holding(0, () -> {});

    private StoreWorkloads(StoreClient client) {
        this.client = client;
    }

    /** All workloads by name, done by a client. */
    public static Map<String, Workload> of(StoreClient client) {
        StoreWorkloads work = new StoreWorkloads(client);
        return Map.ofEntries(
                Map.entry("get.linearizable", new CallLoop(KEYS, client::get)),
                Map.entry("get.serializable", new CallLoop(KEYS, client::getSerializable)),
                Map.entry("put", new CallLoop(KEYS, key -> client.put(key, VALUE))),
                Map.entry("txn", new CallLoop(KEYS, key -> client.putIfPresent(key, VALUE))),
                Map.entry("txn.grouped", new CallLoop(KEYS, key -> client.putIfPresentAmongMany(key, VALUE))),
                Map.entry("watch.fanout", new FanOut(client)),
                Map.entry("seed", work::seed),
                Map.entry("mirror.load", work::mirror),
                Map.entry("hold", work::hold),
                Map.entry("cpu", command -> Reading.of("ms", CallLoop.cpuNanos() / 1e6)),
                Map.entry("release", work::release));
    }

    /** The prefix of the keys that {@code seed} made. */
    public static String mirrored(int keys) {
        return "/bench/mirror-" + keys + "/";
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> prefix + String.format("%06d", i))
                .toList();
    }

    /** Makes the keys that calls work on, and as many as the amount says to mirror. */
    private Reading seed(Command command) {
        Calls.makeAll(KEYS, 64, key -> client.put(key, VALUE));
        Calls.makeAll(names(mirrored(command.amount()), command.amount()), 64, key -> client.put(key, VALUE));
        return Reading.NOTHING;
    }

    private Reading mirror(Command command) {
        long begin = System.nanoTime();
        int keys = Calls.await(client.mirror(mirrored(command.amount())));
        if (keys != command.amount()) {
            throw new IllegalStateException("a mirror of " + command.amount() + " keys has " + keys);
        }
        return Reading.of("ms", (System.nanoTime() - begin) / 1e6);
    }

    /** The time of the command is the TTL. */
    private Reading hold(Command command) {
        Duration ttl = command.time();
        holding = client.hold("/bench/held/", command.amount(), ttl);
        return Reading.of("leases", holding.leases());
    }

    private Reading release(Command command) {
        holding.end().close();
        return Reading.NOTHING;
    }
}
