package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.ConflictException;
import io.coordination.Coordinator;
import io.coordination.lock.synchronizer.CounterValue;
import io.coordination.lock.synchronizer.DistributedCounter;

/** Counters: adding, replacing what one has seen, and being too late. */
public final class CounterExample {

    private CounterExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) {
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            count(first.lock().counter("tickets"), second.lock().counter("tickets"));
        }
    }

    static void count(DistributedCounter here, DistributedCounter there) {
        say("The first coordinator draws ticket %d, the second one %d.", here.add(1), there.add(1));
        CounterValue seen = here.read();
        there.add(10);
        try {
            here.set(0, seen.version());
        } catch (ConflictException e) {
            say("Set back to zero? No: %s.", String.valueOf(e.getMessage()));
        }
        say("It is %d; removed: %s.", here.get(), here.delete());
    }
}
