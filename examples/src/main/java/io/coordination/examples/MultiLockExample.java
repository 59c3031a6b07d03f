package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.MultiLockHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several locks at once: all or none, in any order of their names, beside locks that are taken alone. */
public final class MultiLockExample {

    private static final String ANNA = "example/account/anna";
    private static final String BERT = "example/account/bert";

    private MultiLockExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            transferBothWays(first, second);
            waitForTheSlowest(first, second);
        }
    }

    /** Two single locks each, taken in these orders, would deadlock. */
    private static void transferBothWays(Coordinator first, Coordinator second) {
        CompletableFuture<MultiLockHandle> there =
                first.lock().multi(List.of(ANNA, BERT)).acquireAsync(HoldOptions.defaults());
        CompletableFuture<MultiLockHandle> back =
                second.lock().multi(List.of(BERT, ANNA)).acquireAsync(HoldOptions.defaults());
        CompletableFuture.allOf(
                        there.thenAccept(MultiLockExample::transfer), back.thenAccept(MultiLockExample::transfer))
                .join();
    }

    private static void transfer(MultiLockHandle accounts) {
        try (accounts) {
            say(
                    "Both accounts are locked, with tokens %d and %d.",
                    accounts.fencingToken(ANNA), accounts.fencingToken(BERT));
        }
    }

    private static void waitForTheSlowest(Coordinator first, Coordinator second) throws InterruptedException {
        LockHandle bert = second.lock().acquire(BERT, Duration.ofSeconds(30));
        boolean taken = first.lock()
                .multi(List.of(ANNA, BERT))
                .tryAcquire(HoldOptions.defaults())
                .isPresent();
        say("One account is locked elsewhere; a try takes %s.", taken ? "both" : "none");
        CompletableFuture<MultiLockHandle> waiting =
                first.lock().multi(List.of(ANNA, BERT)).acquireAsync(HoldOptions.defaults());
        bert.unlock();
        try (MultiLockHandle both = waiting.join()) {
            say("It is unlocked, and both are held: %s.", both.isHeld());
        }
    }
}
