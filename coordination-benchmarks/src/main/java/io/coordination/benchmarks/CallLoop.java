package io.coordination.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes the same call again and again, on one key after the other. */
final class CallLoop implements Workload {

    private final List<String> keys;
    private final Function<String, CompletableFuture<?>> call;

    CallLoop(List<String> keys, Function<String, CompletableFuture<?>> call) {
        this.keys = keys;
        this.call = call;
    }

    /**
     * With an amount of 1, a thread waits for each call before the next: {@code p50} and {@code p99} in microseconds. With
     * more, that many flows make their next call when the one before is answered: {@code rate} in calls a second. In both
     * cases {@code calls}, their number, and {@code cpu}, microseconds of this process a call.
     */
    @Override
    public Reading run(Command command) {
        long cpu = cpuNanos();
        long calls;
        Reading reading;
        if (command.amount() == 1) {
            Latencies latencies = oneByOne(command.time().toNanos());
            calls = latencies.count();
            reading = latencies.micros();
        } else {
            long begin = System.nanoTime();
            calls = pipelined(command.amount(), command.time().toNanos());
            reading = Reading.of("rate", calls * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin));
        }
        return reading.and("calls", (double) calls).and("cpu", (cpuNanos() - cpu) / 1e3 / calls);
    }

    private Latencies oneByOne(long nanos) {
        Latencies latencies = new Latencies();
        long begin = System.nanoTime();
        long sent = begin;
        for (int i = 0; sent - begin < nanos; i++) {
            Calls.await(call.apply(keys.get(i % keys.size())));
            long answered = System.nanoTime();
            latencies.add(answered - sent);
            sent = answered;
        }
        return latencies;
    }

    private long pipelined(int inFlight, long nanos) {
        AtomicLong calls = new AtomicLong();
        long begin = System.nanoTime();
        Supplier<Optional<String>> untilTimeIsOver = () -> System.nanoTime() - begin < nanos
                ? Optional.of(keys.get((int) (calls.getAndIncrement() % keys.size())))
                : Optional.empty();
        new Flows(call, untilTimeIsOver).run(inFlight);
        return calls.get();
    }

    /** The processor time of this process so far. */
    static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
