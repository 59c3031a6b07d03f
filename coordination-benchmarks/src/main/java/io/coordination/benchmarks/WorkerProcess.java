package io.coordination.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A JVM that works for one peer and lives as long as the run. Not thread-safe: one command at a time. */
final class WorkerProcess implements Contender, AutoCloseable {

    /** What a command may take beyond the time it was given. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Peer peer;
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final ExecutorService reader;

    private WorkerProcess(Peer peer, Process process, Path log) {
        this.peer = peer;
        this.process = process;
        this.log = log;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.reader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "answers of " + peer);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts the JVM of a peer.
     *
     * @param root where the project is built; absolute
     * @param endpoint the server it works with
     * @param results where it runs and its log goes
     */
    static WorkerProcess start(Peer peer, Path root, String endpoint, Path results) {
        Path log = results.resolve(peer.label() + ".log");
        try {
            Files.createDirectories(results);
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xms512m",
                            "-Xmx512m",
                            "-Djmh.ignoreLock=true",
                            "-cp",
                            peer.classPath(root),
                            peer.mainClass(),
                            endpoint))
                    .directory(results.toFile())
                    .redirectError(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> destroy(process)));
            return new WorkerProcess(peer, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("the worker of " + peer + " cannot be started", e);
        }
    }

    @Override
    public Peer peer() {
        return peer;
    }

    /**
     * Lets the worker do something and waits for it.
     *
     * @throws IllegalStateException when it fails, ends or takes far too long; the message names its log
     */
    @Override
    public Reading ask(Command command) {
        try {
            var commands = process.outputWriter(StandardCharsets.UTF_8);
            commands.write(command.line());
            commands.newLine();
            commands.flush();
            long patience = PATIENCE.plus(command.time()).toMillis();
            String line = CompletableFuture.supplyAsync(this::readLine, reader)
                    .orTimeout(patience, TimeUnit.MILLISECONDS)
                    .join();
            return Reading.parse(line);
        } catch (IOException | CompletionException | IllegalStateException e) {
            throw new IllegalStateException(
                    "the worker of " + peer + " failed at '" + command.line() + "', see " + log, e);
        }
    }

    /** With the JVM that JMH may have started for it. */
    private static void destroy(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private String readLine() {
        try {
            String line = answers.readLine();
            return line == null ? "ended" : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                destroy(process);
            }
        } catch (IOException e) {
            destroy(process);
        } catch (InterruptedException e) {
            destroy(process);
            Thread.currentThread().interrupt();
        } finally {
            reader.shutdownNow();
        }
    }
}
