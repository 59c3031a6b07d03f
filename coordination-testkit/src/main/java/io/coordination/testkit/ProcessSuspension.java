package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** Freezes processes with SIGSTOP, as a very long garbage collection or a suspended machine would, and lets them go on. */
public final class ProcessSuspension {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private ProcessSuspension() {}

    /**
     * Freezes a process and returns when none of its threads runs any more: the signal reaches each in its own time, and a test must
     * not meet one that still answers. Nothing happens to a process that has ended.
     *
     * @throws IllegalStateException when a thread still runs after 10 s, or the thread that calls this is interrupted
     */
    public static void freeze(Process process) {
        signal(process, "STOP");
        if (!Polling.until(STOP_LIMIT, () -> isFrozen(process))) {
            throw new IllegalStateException(
                    "process " + process.pid() + " did not stop within " + STOP_LIMIT.toSeconds() + " s of a SIGSTOP");
        }
    }

    /**
     * Lets a frozen process go on. Nothing happens to one that has ended.
     *
     * @throws IllegalStateException when the thread that calls this is interrupted
     */
    public static void resume(Process process) {
        signal(process, "CONT");
    }

    private static boolean isFrozen(Process process) {
        if (!process.isAlive()) {
            return true;
        }
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            return threads.allMatch(ProcessSuspension::isFrozen);
        } catch (IOException | UncheckedIOException endedMeanwhile) {
            return true;
        }
    }

    private static boolean isFrozen(Path thread) {
        try {
            String line = Files.readString(thread.resolve("stat"));
            // The state follows the name, which is in parentheses and may itself hold any character.
            return line.charAt(line.lastIndexOf(')') + 2) == 'T';
        } catch (IOException threadEnded) {
            return true;
        }
    }

    private static void signal(Process process, String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (kill.waitFor() != 0 && process.isAlive()) {
                throw new IllegalStateException("kill -" + name + " failed for process " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a signal was sent to process " + process.pid(), e);
        }
    }
}
