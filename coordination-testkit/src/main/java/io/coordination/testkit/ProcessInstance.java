package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A member as a process. Its output is appended to a file through all its lives. */
final class ProcessInstance implements EtcdInstance {

    private static final long TERMINATION_SECONDS = 20;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final List<String> command;
    private final Path logFile;
    private volatile @Nullable Process process;
    private volatile boolean paused;

    ProcessInstance(List<String> command, Path logFile) {
        this.command = List.copyOf(command);
        this.logFile = logFile;
    }

    /** A variable such as ETCD_NAME of the test's environment would configure the server. */
    static void hideEtcdVariables(ProcessBuilder builder) {
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD_") || name.startsWith("ETCDCTL_"));
    }

    @Override
    public void start() {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(logFile.toFile()));
        hideEtcdVariables(builder);
        try {
            paused = false;
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command.get(0), e);
        }
    }

    @Override
    public boolean isRunning() {
        Process current = process;
        return current != null && current.isAlive();
    }

    @Override
    public boolean isPaused() {
        return paused && isRunning();
    }

    @Override
    public void terminate() {
        Process current = process;
        if (current != null) {
            current.destroy();
            awaitEnd(current);
        }
    }

    @Override
    public void kill() {
        Process current = process;
        if (current != null) {
            current.destroyForcibly();
            awaitEnd(current);
        }
    }

    @Override
    public void pause() {
        signal("STOP");
        // The signal reaches each thread in its own time, and a test must not meet one that still answers.
        if (!Polling.until(STOP_LIMIT, this::isStopped)) {
            throw new IllegalStateException("etcd did not stop within " + STOP_LIMIT.toSeconds() + " s of a SIGSTOP.");
        }
        paused = true;
    }

    private boolean isStopped() {
        Process current = process;
        if (current == null || !current.isAlive()) {
            return true;
        }
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(current.pid()), "task"))) {
            return threads.allMatch(ProcessInstance::isStopped);
        } catch (IOException | UncheckedIOException endedMeanwhile) {
            return true;
        }
    }

    private static boolean isStopped(Path thread) {
        try {
            String line = Files.readString(thread.resolve("stat"));
            // The state follows the name, which is in parentheses and may itself hold any character.
            return line.charAt(line.lastIndexOf(')') + 2) == 'T';
        } catch (IOException threadEnded) {
            return true;
        }
    }

    @Override
    public void resume() {
        signal("CONT");
        paused = false;
    }

    @Override
    public String logTail() {
        try {
            return Transcripts.tail(Files.readAllLines(logFile, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private void signal(String name) {
        Process current = process;
        if (current == null || !current.isAlive()) {
            throw new IllegalStateException("The etcd process does not run: start it before it is paused or resumed.");
        }
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(current.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException(
                        "kill -" + name + " failed for the etcd process " + current.pid() + ".");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a signal was sent to etcd.", e);
        }
    }

    /** A server that does not end when asked is killed. */
    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(TERMINATION_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
