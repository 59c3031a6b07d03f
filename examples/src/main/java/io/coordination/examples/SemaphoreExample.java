package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.synchronizer.DistributedSemaphore;
import io.coordination.lock.synchronizer.Permits;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Semaphores: permits that processes share, given back in part, that expire, and a limit that may change. */
public final class SemaphoreExample {

    private static final String NAME = "example/exports";

    private SemaphoreExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            // The number is stored by whoever comes first, and changeLimit below changes it for all.
            int permits = 3;
            DistributedSemaphore here = first.lock().semaphore(NAME, permits);
            DistributedSemaphore there = second.lock().semaphore(NAME, permits);
            share(here, there);
            expire(here, there);
            grow(here, permits);
        }
    }

    private static void share(DistributedSemaphore here, DistributedSemaphore there) throws InterruptedException {
        try (Permits two = here.acquire(2)) {
            say("Took %d of %d permits, %d are left.", two.count(), here.limit(), there.available());
            CompletableFuture<Permits> waiting = there.acquireAsync(2, HoldOptions.defaults());
            say("Somebody else wants 2 and waits. One is given back: %s.", two.release(1));
            try (Permits others = waiting.join()) {
                say("Now it has %d, and %d stayed here.", others.count(), two.count());
            }
        }
    }

    private static void expire(DistributedSemaphore here, DistributedSemaphore there) throws InterruptedException {
        HoldOptions brief =
                HoldOptions.builder().maxHold(Duration.ofMillis(200)).build();
        Permits all = here.acquire(3, brief);
        try (Permits next = there.acquire(1)) {
            say("All 3 expired after 200 ms, held here: %s, held there: %s.", all.isHeld(), next.isHeld());
        }
    }

    private static void grow(DistributedSemaphore semaphore, int before) {
        semaphore.changeLimit(before + 2);
        say("There are %d permits from now on.", semaphore.limit());
        semaphore.changeLimit(before);
    }
}
