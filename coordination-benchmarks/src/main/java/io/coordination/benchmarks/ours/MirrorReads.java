package io.coordination.benchmarks.ours;

import io.coordination.benchmarks.Command;
import io.coordination.benchmarks.Reading;
import io.coordination.benchmarks.Workload;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link MirrorReadBenchmark} under JMH, in a JVM of its own. */
final class MirrorReads implements Workload {

    private final String endpoint;

    MirrorReads(String endpoint) {
        this.endpoint = endpoint;
    }

    /** The amount is the number of keys, which must have been seeded; {@code ns} is the time of one read. */
    @Override
    public Reading run(Command command) {
        var options = new OptionsBuilder()
                .include(MirrorReadBenchmark.class.getName())
                .param("endpoint", endpoint)
                .param("keys", Integer.toString(command.amount()))
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.milliseconds(command.time().toMillis()))
                .measurementIterations(5)
                .measurementTime(TimeValue.milliseconds(command.time().toMillis()))
                .shouldFailOnError(true)
                .output("jmh.log") // in the folder of the results, where workers run
                .build();
        try {
            RunResult result = new Runner(options).runSingle();
            return Reading.of("ns", result.getPrimaryResult().getScore());
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH cannot run", e);
        }
    }
}
