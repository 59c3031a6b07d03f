package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.Watch;
import io.coordination.config.ConfigEvent;
import io.coordination.lock.LockHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A second process that contends for a lock: the tour starts it when it runs on etcd. */
public final class Contender {

    private static final String LOCK = "tour/shared";
    private static final String ARRIVED = "tour/contender";
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final int TURNS = 3;

    private Contender() {}

    /** Says that it has arrived, then takes the lock a few times. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator coordinator = Example.connect(arguments)) {
            long pid = ProcessHandle.current().pid();
            say(
                    "process %d asks: %s.",
                    pid, coordinator.lock().tryAcquire(LOCK, TTL).isPresent() ? "free" : "held");
            coordinator.config().set(ARRIVED, pid);
            takeTurns("process " + pid, coordinator);
        }
    }

    /** Runs this JVM and another one against each other. */
    static void contend(String endpoint, Coordinator coordinator) throws IOException, InterruptedException {
        Process other;
        coordinator.config().delete(ARRIVED);
        try (LockHandle lock = coordinator.lock().acquire(LOCK, TTL)) {
            say("this process holds '%s', token %d, and starts another process.", lock.key(), lock.fencingToken());
            other = start(endpoint);
            awaitArrival(coordinator);
        }
        takeTurns("this process", coordinator);
        int status = other.waitFor();
        if (status != 0) {
            throw new IllegalStateException("the second process ended with status " + status);
        }
        coordinator.config().delete(ARRIVED);
        Optional<LockHandle> free = coordinator.lock().tryAcquire(LOCK, TTL);
        say("Both are done; the lock is %s.", free.isPresent() ? "free" : "still held");
        free.ifPresent(LockHandle::close);
    }

    private static Process start(String endpoint) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command =
                List.of(java, "-cp", System.getProperty("java.class.path"), Contender.class.getName(), endpoint);
        return new ProcessBuilder(command).inheritIO().start();
    }

    private static void awaitArrival(Coordinator coordinator) throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(1);
        Watch watch = coordinator.config().watch(ARRIVED, Long.class, event -> {
            boolean before = event instanceof ConfigEvent.Initial<Long> initial
                    && initial.value().isPresent();
            if (before || event instanceof ConfigEvent.Changed) {
                arrived.countDown();
            }
        });
        try (watch) {
            if (!arrived.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the second process did not arrive within 30 s");
            }
        }
    }

    private static void takeTurns(String who, Coordinator coordinator) throws InterruptedException {
        for (int turn = 1; turn <= TURNS; turn++) {
            try (LockHandle lock = coordinator.lock().acquire(LOCK, TTL)) {
                say("%s has turn %d, token %d.", who, turn, lock.fencingToken());
            }
        }
    }
}
