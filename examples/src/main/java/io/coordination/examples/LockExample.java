package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Locks: taking one, being refused, waiting for one, giving up, and the fencing token. */
public final class LockExample {

    private LockExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            takeAndRelease(first);
            contend(first, second);
            giveUp(first, second);
        }
    }

    static void takeAndRelease(Coordinator coordinator) throws InterruptedException {
        try (LockHandle lock = coordinator.lock().acquire("orders/42", Duration.ofSeconds(30))) {
            say("Took lock '%s' with fencing token %d.", lock.key(), lock.fencingToken());
            say(
                    "It is certainly ours for %.1f s more, and renews itself.",
                    lock.remaining().toMillis() / 1000.0);
        }
        say("Released it.");
    }

    static void contend(Coordinator first, Coordinator second) throws InterruptedException {
        LockHandle held = first.lock().acquire("orders/42", Duration.ofSeconds(30));
        say("The first coordinator holds it again; the token grew to %d.", held.fencingToken());
        Optional<LockHandle> refused = second.lock().tryAcquire("orders/42", Duration.ofSeconds(30));
        say("The second coordinator tries once: %s.", refused.isPresent() ? "it got it" : "it is refused");
        CompletableFuture<LockHandle> waiting = second.lock().acquireAsync("orders/42", LockOptions.defaults());
        say("Now it waits in the queue. The first one unlocks: %s.", held.unlock());
        try (LockHandle lock = waiting.join()) {
            say("The second one has it, with token %d.", lock.fencingToken());
        }
    }

    static void giveUp(Coordinator first, Coordinator second) throws InterruptedException {
        LockOptions brief =
                LockOptions.builder().waitTime(Duration.ofMillis(300)).build();
        try (LockHandle held = first.lock().acquire("orders/42", Duration.ofSeconds(30))) {
            Optional<LockHandle> late = second.lock().tryAcquire("orders/42", brief);
            say(
                    "A try of 300 ms while '%s' is held ends %s, and leaves no key.",
                    held.key(), late.isPresent() ? "with the lock" : "without the lock");
        }
    }
}
