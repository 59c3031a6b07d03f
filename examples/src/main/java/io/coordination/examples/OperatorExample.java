package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.LockDeadlockException;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockListener;
import io.coordination.lock.LockLost;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockOwner;
import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.admin.LockPlace;
import io.coordination.lock.admin.LockQueueState;
import io.coordination.lock.admin.RevocationRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** What an operator sees of locks and does about them: the queue, a polite request, force, and a deadlock that resolves itself. */
public final class OperatorExample {

    private static final String LOCK = "reports/nightly";

    private OperatorExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator worker = Example.connect(arguments);
                Coordinator other = Example.connect(arguments);
                Coordinator operator = Example.connect(arguments)) {
            askPolitely(worker, other, operator.lock().admin());
            takeAway(worker, operator.lock().admin());
            resolveDeadlock(worker, other);
        }
    }

    /** A worker that ends its work early when somebody asks for its lock. */
    private static final class PoliteWorker implements LockListener {

        @Override
        public void acquired(LockHandle handle) {
            say("The worker hears: acquired, token %d.", handle.fencingToken());
        }

        @Override
        public void revocationRequested(LockHandle handle, RevocationRequest request) {
            say("The worker is asked by an operator: '%s'. It releases.", request.reason());
            handle.close();
        }

        @Override
        public void lost(LockHandle handle, LockLost loss) {
            say("The worker hears: lost, reason %s.", loss.reason());
        }
    }

    private static LockOptions options() {
        return LockOptions.builder()
                .label("nightly report")
                .listener(new PoliteWorker())
                .build();
    }

    static void askPolitely(Coordinator worker, Coordinator other, LockAdmin admin) throws InterruptedException {
        LockHandle held = worker.lock().acquire(LOCK, options());
        CompletableFuture<LockHandle> waiting = other.lock().acquireAsync(LOCK, LockOptions.defaults());
        LockQueueState queue = admin.queue(LOCK);
        describe(queue);
        boolean delivered = admin.requestRevocation(LOCK, queue.holders().get(0), "maintenance at noon");
        say("The request was %s.", delivered ? "delivered" : "too late");
        try (LockHandle next = waiting.join()) {
            say("The next one has it, token %d; the worker has token %d.", next.fencingToken(), held.fencingToken());
        }
    }

    private static void describe(LockQueueState queue) {
        for (LockPlace place : queue.places()) {
            say(
                    "'%s' is %s by %s%s.",
                    queue.key(),
                    queue.holders().contains(place) ? "held" : "waited for",
                    place.process().map(process -> "process " + process.pid()).orElse("a process that has just left"),
                    place.label().map(label -> " (" + label + ")").orElse(""));
        }
    }

    /** Only for a holder that is known to hang: the next owner may begin while it still works. */
    static void takeAway(Coordinator worker, LockAdmin admin) throws InterruptedException {
        LockHandle held = worker.lock().acquire(LOCK, options());
        LockPlace hanging = admin.queue(LOCK).holders().get(0);
        boolean taken = admin.forceReleaseBreakingExclusion(LOCK, hanging, "the worker hangs");
        LockLost loss = held.lost().toCompletableFuture().join();
        say("Taken by force: %s. The worker's handle is lost with %s.", taken, loss.reason());
    }

    static void resolveDeadlock(Coordinator first, Coordinator second) throws InterruptedException {
        LockOptions a = deadlockAware("owner A");
        LockOptions b = deadlockAware("owner B");
        LockHandle left = first.lock().acquire("accounts/left", a);
        LockHandle right = second.lock().acquire("accounts/right", b);
        say("A holds the left account, B the right one; now each wants the other's.");
        CompletableFuture<Void> wantsRight = waits(first, "accounts/right", a, left);
        CompletableFuture<Void> wantsLeft = waits(second, "accounts/left", b, right);
        CompletableFuture.allOf(wantsRight, wantsLeft).join();
        say("Both are done.");
    }

    private static LockOptions deadlockAware(String owner) {
        return LockOptions.builder()
                .owner(LockOwner.named(owner))
                .detectDeadlocksAfter(Duration.ofMillis(300))
                .build();
    }

    /** Who is told of the deadlock releases what it holds; a real program would then begin again. */
    private static CompletableFuture<Void> waits(
            Coordinator coordinator, String wanted, LockOptions options, LockHandle held) {
        return coordinator.lock().acquireAsync(wanted, options).handle((lock, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause instanceof LockDeadlockException deadlock) {
                List<String> circle = deadlock.cycle().stream()
                        .map(wait -> wait.owner() + " waits for " + wait.waitsFor())
                        .toList();
                say("A deadlock: %s. One of them gives up.", String.join(", ", circle));
            } else if (failure != null) {
                throw new CompletionException(cause);
            }
            Stream.of(lock, held).filter(taken -> taken != null).forEach(LockHandle::close);
            return null;
        });
    }
}
