package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A member as a process. Its output is appended to a file through all its lives. */
final class ProcessInstance implements EtcdInstance {

    private static final long TERMINATION_SECONDS = 20;

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
        ProcessSuspension.freeze(running());
        paused = true;
    }

    @Override
    public void resume() {
        ProcessSuspension.resume(running());
        paused = false;
    }

    private Process running() {
        Process current = process;
        if (current == null || !current.isAlive()) {
            throw new IllegalStateException("The etcd process does not run: start it before it is paused or resumed.");
        }
        return current;
    }

    @Override
    public String logTail() {
        try {
            return Transcripts.tail(Files.readAllLines(logFile, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
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
