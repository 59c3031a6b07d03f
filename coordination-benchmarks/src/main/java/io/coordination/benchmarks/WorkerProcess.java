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

/** A JVM that works with one library and lives as long as the run. Not thread-safe: one command at a time. */
final class WorkerProcess implements AutoCloseable {

    /** What a command may take beyond the time it was given. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** As much heap as a worker may want. */
    static final String LARGE = "512m";

    /** For one of many JVMs that each do little. */
    static final String SMALL = "96m";

    private final Library library;
    private final Process process;
    private final Path log;
    private final BufferedReader answers;
    private final ExecutorService reader;

    private WorkerProcess(Library library, Process process, Path log) {
        this.library = library;
        this.process = process;
        this.log = log;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.reader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "answers of " + log.getFileName());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Where worker JVMs are started.
     *
     * @param root where the project is built; absolute
     * @param servers the servers that they work with
     * @param results where they run and their logs go
     */
    record Site(Path root, Servers servers, Path results) {}

    /**
     * Starts a JVM.
     *
     * @param heap its size
     * @param name distinguishes it from others of the library; the name of its log
     */
    static WorkerProcess start(Library library, Site site, String heap, String name) {
        Path log = site.results().resolve(name + ".log");
        try {
            Files.createDirectories(site.results());
            Process process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xms" + heap,
                            "-Xmx" + heap,
                            "-Djmh.ignoreLock=true",
                            "-cp",
                            library.classPath(site.root()),
                            library.mainClass(),
                            site.servers().address(library.server())))
                    .directory(site.results().toFile())
                    .redirectError(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> destroy(process)));
            return new WorkerProcess(library, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException("the worker of " + library.label() + " cannot be started", e);
        }
    }

    /** Ends it as {@code kill -9} does. */
    void kill() {
        destroy(process);
        close();
    }

    /**
     * Lets the worker do something and waits for it.
     *
     * @throws IllegalStateException when it fails, ends or takes far too long; the message names its log
     */
    Reading ask(Command command) {
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
                    "the worker of " + library.label() + " failed at '" + command.line() + "', see " + log, e);
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
