package io.coordination.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The machine that figures come from, in words. */
final class Machine {

    private Machine() {}

    /** Processor, cores, operating system and Java. */
    static String describe() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s %s, JDK %s",
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.version());
    }

    /** The load average of the last minute, or a negative number where there is none. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** Whether so much else runs that figures are not worth keeping. */
    static boolean isBusy() {
        return load() > 0.6 * Runtime.getRuntime().availableProcessors();
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException notLinux) {
            return System.getProperty("os.arch");
        }
    }
}
