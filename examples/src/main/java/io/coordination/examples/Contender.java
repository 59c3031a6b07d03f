package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.LockHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A second process that contends for a lock: the tour starts it when it runs on etcd. */
public final class Contender {

    private static final String LOCK = "tour/shared";
    private static final int TURNS = 3;

    private Contender() {}

    /** Takes the lock a few times and says so. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator coordinator = Example.connect(arguments)) {
            takeTurns("process " + ProcessHandle.current().pid(), coordinator);
        }
    }

    /** Runs this JVM and another one against each other. */
    static void contend(String endpoint, Coordinator coordinator) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = List.of(
                java.toString(), "-cp", System.getProperty("java.class.path"), Contender.class.getName(), endpoint);
        Process other = new ProcessBuilder(command).inheritIO().start();
        takeTurns("this process", coordinator);
        int status = other.waitFor();
        if (status != 0) {
            throw new IllegalStateException("the second process ended with status " + status);
        }
        Optional<LockHandle> free = coordinator.lock().tryAcquire(LOCK, Duration.ofSeconds(10));
        say("Both are done; the lock is %s.", free.isPresent() ? "free" : "still held");
        free.ifPresent(LockHandle::close);
    }

    private static void takeTurns(String who, Coordinator coordinator) throws InterruptedException {
        for (int turn = 1; turn <= TURNS; turn++) {
            try (LockHandle lock = coordinator.lock().acquire(LOCK, Duration.ofSeconds(10))) {
                say("%s holds '%s', turn %d, token %d.", who, lock.key(), turn, lock.fencingToken());
            }
        }
    }
}
