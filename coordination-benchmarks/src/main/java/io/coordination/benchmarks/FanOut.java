package io.coordination.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One writer, many watchers of one prefix in one client: how long from sending a put until the last watcher has heard of it.
 * The writer waits for that before the next put.
 */
final class FanOut implements Workload {

    private static final String PREFIX = "/bench/fanout/";

    private final StoreClient client;
    private volatile Wave wave = new Wave("", 0);

    FanOut(StoreClient client) {
        this.client = client;
    }

    /** The amount is the number of watchers; {@code p50} and {@code p99} in microseconds. */
    @Override
    public Reading run(Command command) {
        List<StoreClient.Ending> watches = new ArrayList<>();
        try {
            for (int i = 0; i < command.amount(); i++) {
                watches.add(openedWatch());
            }
            Latencies latencies = new Latencies();
            long begin = System.nanoTime();
            do {
                latencies.add(write("value-" + latencies.count(), command.amount()));
            } while (System.nanoTime() - begin < command.time().toNanos());
            return latencies.micros();
        } finally {
            watches.forEach(StoreClient.Ending::close);
        }
    }

    /** A watch that is known to be there: puts go out until it hears one. */
    private StoreClient.Ending openedWatch() {
        CountDownLatch opened = new CountDownLatch(1);
        StoreClient.Ending watch = client.watch(PREFIX, value -> {
            opened.countDown();
            wave.heard(value);
        });
        for (int probe = 0; probe < 100; probe++) {
            Calls.await(client.put(PREFIX + "probe", "probe"));
            if (await(opened, 50)) {
                return watch;
            }
        }
        throw new IllegalStateException("a watch does not open");
    }

    private long write(String value, int watchers) {
        Wave next = new Wave(value, watchers);
        wave = next;
        long sent = System.nanoTime();
        var put = client.put(PREFIX + "key", value);
        if (!await(next.missing, 10_000)) {
            throw new IllegalStateException(next.missing.getCount() + " watchers did not hear '" + value + "'");
        }
        long heard = next.lastHeard;
        Calls.await(put);
        return heard - sent;
    }

    private static boolean await(CountDownLatch latch, long millis) {
        try {
            return latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for watchers", e);
        }
    }

    /** One put on its way to all watchers. */
    private static final class Wave {

        private final String value;
        private final CountDownLatch missing;
        private volatile long lastHeard;

        Wave(String value, int watchers) {
            this.value = value;
            this.missing = new CountDownLatch(watchers);
        }

        void heard(String put) {
            if (put.equals(value)) {
                lastHeard = System.nanoTime();
                missing.countDown();
            }
        }
    }
}
