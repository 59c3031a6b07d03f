package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.job.JobLock;
import io.coordination.lock.job.JobOptions;
import java.time.Duration;

/** A scheduled job: two processes whose clocks fire at the same time, and one run. */
public final class JobExample {

    private JobExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) {
        JobOptions options = JobOptions.builder()
                .atLeast(Duration.ofSeconds(2))
                .atMost(Duration.ofMinutes(10))
                .onSkipped(() -> say("This one skips the report."))
                .build();
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            JobLock here = first.lock().job("report", options);
            JobLock there = second.lock().job("report", options);
            boolean ran = here.run(run -> {
                say("The report is written, with token %d.", run.fencingToken());
                there.run(again -> say("never"));
                run.assertHeld();
            });
            say("It ran: %s. A moment later the second process tries again.", ran);
            there.run(run -> say("never: atLeast has not passed"));
        }
    }
}
