package io.coordination.tests.lockchaos;

import io.coordination.testkit.ProcessSuspension;
import io.coordination.tests.lockchaos.Journal.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that uses locks, and whoever takes its place after it was killed. Not thread-safe, except that {@link #close} may
 * come from anywhere.
 */
final class UserProcess implements AutoCloseable {

    private final int number;
    private final UserSettings settings;
    private final List<Life> lives = new ArrayList<>();
    private Process process;

    /** Starts the first process. */
    UserProcess(int number, UserSettings settings) {
        this.number = number;
        this.settings = settings;
        this.process = start();
    }

    /** One process from its start to its end. */
    private record Life(String name, Path journal, long started) {}

    private Process start() {
        String name = number + "." + lives.size();
        Path journal = settings.journal().resolveSibling("process-" + name + ".journal");
        UserSettings own =
                new UserSettings(settings.endpoints(), journal, settings.seed() + lives.size(), settings.ttl());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LockUserMain.class.getName()));
        command.addAll(own.arguments());
        lives.add(new Life(name, journal, System.nanoTime()));
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output(journal).toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path output(Path journal) {
        return journal.resolveSibling(journal.getFileName() + ".out");
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void startAgain() {
        process = start();
    }

    void freeze() {
        ProcessSuspension.freeze(process);
    }

    void thaw() {
        ProcessSuspension.resume(process);
    }

    /** Tells it to finish: it ends its requests, takes each lock once more, closes everything and ends. */
    void finish() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            // It has ended by itself, which its exit status and its output will tell.
            return;
        }
    }

    /** Waits for its end; false when it does not come. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What all its processes wrote, checked for what must not be. */
    History history(boolean lastMustHaveEnded) throws IOException {
        History history = new History();
        for (Life life : lives) {
            boolean last = life.equals(lives.get(lives.size() - 1));
            List<Entry> entries = Journal.read(life.journal());
            history.add(life.name(), life.started(), entries, last && lastMustHaveEnded);
            if (last && lastMustHaveEnded && process.exitValue() != 0) {
                history.broken("process " + life.name() + " ended with " + process.exitValue() + ":\n"
                        + Files.readString(output(life.journal())));
            }
        }
        return history;
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        return "process " + number;
    }
}
