package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockTemplate;
import io.coordination.lock.StripedHold;
import io.coordination.lock.StripedLocks;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;

/** Ways to use a lock: around a task, as a lock of the JDK, named by a template, striped. */
public final class LockStylesExample {

    private LockStylesExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator coordinator = Example.connect(arguments)) {
            DistributedLock locks = coordinator.lock();
            int total = locks.withLock("invoice/7", LockOptions.defaults(), () -> 6 * 7);
            say("A task under a lock returned %d.", total);
            asLockOfTheJdk(locks.asLock("invoice/7", LockOptions.defaults()));
            byTemplate(locks.template("user:{userId}:{device}", LockOptions.defaults()));
            striped(locks.striped("files", 64, LockOptions.defaults()));
        }
    }

    static void asLockOfTheJdk(Lock lock) {
        lock.lock();
        try {
            say("A thread may lock again what it holds: %s.", lock.tryLock());
            lock.unlock();
        } finally {
            lock.unlock();
        }
    }

    static void byTemplate(LockTemplate template) throws InterruptedException {
        try (LockHandle lock = template.acquire(Map.of("userId", 42, "device", "tablet:2"))) {
            say("The template %s named lock '%s'.", template.pattern(), lock.key());
        }
    }

    static void striped(StripedLocks files) throws InterruptedException {
        try (StripedHold held = files.acquireAll(List.of("a.txt", "b.txt", "c.txt"))) {
            say("Three files are locked by stripes %s of %d.", held.stripes(), files.stripes());
        }
    }
}
