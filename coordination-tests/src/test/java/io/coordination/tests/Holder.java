package io.coordination.tests;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.lock.LockHandle;
import io.coordination.testkit.ProcessSuspension;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** A process of its own that takes a lock, says so, and holds it until it is killed. */
final class Holder implements AutoCloseable {

    private static final String HELD = "held";

    private final Process process;

    private Holder(Process process) {
        this.process = process;
    }

    /** Starts the process and returns once it holds the lock. */
    static Holder start(String endpoint, String namespace, String lock, Duration ttl) {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = List.of(
                java.toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                endpoint,
                namespace,
                lock,
                ttl.toString());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Holder holder = new Holder(process);
            holder.awaitHeld();
            return holder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitHeld() throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line;
        do {
            line = output.readLine();
        } while (line != null && !line.equals(HELD));
        if (line == null) {
            throw new IllegalStateException("the holder ended before it held the lock");
        }
    }

    /** Freezes the process, as a very long garbage collection would. */
    void pause() {
        ProcessSuspension.freeze(process);
    }

    /** Lets a frozen process go on. */
    void resume() {
        ProcessSuspension.resume(process);
    }

    /** Completes when the process has ended by itself, because its lock was not held any more. */
    CompletableFuture<Integer> gaveUp() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** Kills the process as a crash would: no handler of it runs. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }

    /** The other process. */
    public static void main(String... arguments) throws InterruptedException {
        Coordinator coordinator = Coordination.connect(CoordinatorOptions.builder()
                .endpoints(arguments[0])
                .namespace(arguments[1])
                .build());
        LockHandle lock = coordinator.lock().acquire(arguments[2], Duration.parse(arguments[3]));
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8).println(HELD);
        while (lock.isHeld()) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        coordinator.close();
    }
}
