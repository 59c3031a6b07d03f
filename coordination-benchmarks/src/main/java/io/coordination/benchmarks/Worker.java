package io.coordination.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The far side of a {@link WorkerProcess}: reads commands from the standard input, answers readings on the standard output.
 * Ends with its input, so that no worker outlives the process that started it.
 */
public final class Worker {

    private static final Logger log = LoggerFactory.getLogger(Worker.class);

    private final Map<String, Workload> workloads;

    private Worker(Map<String, Workload> workloads) {
        this.workloads = workloads;
    }

    /**
     * Does what it is told until the input ends.
     *
     * @param workloads what it can do, by name
     */
    public static void serve(Map<String, Workload> workloads) {
        PrintStream answers = System.out;
        // Whatever a library prints must not get between the answers.
        System.setOut(System.err);
        serve(workloads, System.in, answers);
    }

    static void serve(Map<String, Workload> workloads, InputStream input, PrintStream answers) {
        Worker worker = new Worker(workloads);
        try (var commands = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                answers.println(worker.answer(line));
                answers.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the commands cannot be read", e);
        }
    }

    private String answer(String line) {
        try {
            Command command = Command.parse(line);
            Workload workload = workloads.get(command.workload());
            if (workload == null) {
                throw new IllegalArgumentException(
                        "there is no workload '" + command.workload() + "', only " + workloads.keySet());
            }
            return workload.run(command).line();
        } catch (RuntimeException | LinkageError e) {
            log.atError().setCause(e).addKeyValue("command", line).log("A command failed");
            return Reading.failed(e);
        }
    }
}
