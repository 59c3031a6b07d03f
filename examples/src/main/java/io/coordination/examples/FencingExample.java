package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.LockLostException;
import io.coordination.lock.GuardedWrite;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What a fencing token is for: a holder that was paused for too long is stopped when it goes on. */
public final class FencingExample {

    private FencingExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        Ledger ledger = new Ledger();
        LockOptions brief =
                LockOptions.builder().ttl(Duration.ofSeconds(2)).fixedTtl().build();
        try (Coordinator first = Example.connect(arguments);
                Coordinator second = Example.connect(arguments)) {
            LockHandle paused = first.lock().acquire("ledger", brief);
            ledger.write("The first holder", paused.fencingToken());
            paused.guard(write("from the first holder"));
            say("The first holder is paused, does not see that its lock runs out, and does not look.");
            try (LockHandle next = second.lock().acquire("ledger", Duration.ofSeconds(10))) {
                ledger.write("The second holder", next.fencingToken());
                next.guard(write("from the second holder"));
                ledger.write("The first holder, awake again,", paused.fencingToken());
                goOn(paused);
                next.guard(GuardedWrite.on("ledger").delete("/example-data/ledger"));
            }
        }
    }

    /** Any resource that can remember a number: a table with a column for it, a file, another service. */
    private static final class Ledger {

        private final AtomicLong greatest = new AtomicLong();

        void write(String who, long token) {
            boolean accepted = greatest.accumulateAndGet(token, Math::max) == token;
            say("%s writes with token %d: %s.", who, token, accepted ? "accepted" : "refused, a later one was here");
        }
    }

    /** A write to etcd carries the check with it, so the server does what the ledger does. */
    private static void goOn(LockHandle paused) {
        try {
            paused.guard(write("too late"));
            throw new IllegalStateException("the paused holder wrote");
        } catch (LockLostException e) {
            say("Its guarded write to the store ends, too: %s.", String.valueOf(e.getMessage()));
        }
    }

    private static GuardedWrite write(String entry) {
        return GuardedWrite.on("ledger").put("/example-data/ledger", entry.getBytes(StandardCharsets.UTF_8));
    }
}
