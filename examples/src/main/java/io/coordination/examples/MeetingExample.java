package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.synchronizer.BarrierParty;
import io.coordination.lock.synchronizer.DistributedBarrier;
import io.coordination.lock.synchronizer.DistributedLatch;
import java.time.Duration;
import java.util.concurrent.FutureTask;

/** Waiting for others: a latch that workers count down, and a barrier that all pass together. */
public final class MeetingExample {

    private MeetingExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            countDown(first.lock().latch("workers"), second.lock().latch("workers"));
            meet(first.lock().barrier("migration", 2), second.lock().barrier("migration", 2));
        }
    }

    static void countDown(DistributedLatch here, DistributedLatch there) throws InterruptedException {
        here.create(2);
        say("Two workers must be ready. After the first one %d is missing.", there.countDown());
        say("Waited for a moment: all ready? %s.", here.await(Duration.ofMillis(100)));
        there.countDown();
        here.await();
        say("Now all are ready.");
        here.delete();
    }

    static void meet(DistributedBarrier here, DistributedBarrier there) throws InterruptedException {
        FutureTask<Void> second = new FutureTask<>(() -> {
            BarrierParty party = there.enter();
            say("The second party is in, and leaves.");
            party.leave();
            return null;
        });
        Thread thread = new Thread(second, "second-party");
        thread.start();
        BarrierParty party = here.enter();
        say("The first party is in.");
        party.leave();
        say("Both have left.");
        thread.join();
    }
}
