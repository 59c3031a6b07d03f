package io.coordination.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Runs a suite. Started by {@code ./bench}, which starts the servers. */
public final class Bench {

    private static final List<Suite> SUITES = List.of(new StoreSuite(), new LockSuite());

    private Bench() {}

    /**
     * The arguments are the suite, its servers as {@code name=address,name=address}, the folder of the built project and options: {@code --markdown}
     * prints a table instead of lines, {@code --quick} does as little as possible, only to see that it works.
     */
    public static void main(String[] arguments) throws IOException {
        Set<String> options = new TreeSet<>(List.of(arguments).subList(3, arguments.length));
        boolean markdown = options.remove("--markdown");
        Scale scale = options.remove("--quick") ? Scale.QUICK : Scale.FULL;
        if (!options.isEmpty()) {
            throw new IllegalArgumentException(options + " are not options: --markdown and --quick are");
        }
        Setting setting = new Setting(
                scale,
                Servers.parse(arguments[1]),
                Path.of(arguments[2]).toAbsolutePath().normalize());
        run(suite(arguments[0]), setting, markdown).forEach(System.out::println);
    }

    /** Runs a suite, writes what it measured below {@code target/bench}, and answers the lines to print. */
    private static List<String> run(Suite suite, Setting setting, boolean markdown) throws IOException {
        if (Machine.isBusy()) {
            setting.progress(
                    "The load average is " + Machine.load() + ": figures of a busy machine are not worth keeping");
        }
        List<String> header = new ArrayList<>();
        header.add("# " + LocalDate.now(ZoneOffset.UTC) + ", " + Machine.describe());
        header.add("# load average before: " + Machine.load());
        Report report = suite.run(setting);
        header.add("# load average after: " + Machine.load());
        Files.createDirectories(setting.results());
        write(setting.results().resolve(suite.name() + ".txt"), header, report.lines());
        write(setting.results().resolve(suite.name() + ".md"), header, report.markdown());
        setting.progress("All figures are in " + setting.results().resolve(suite.name() + ".txt") + " and .md");
        return markdown ? report.markdown() : report.lines();
    }

    private static void write(Path file, List<String> header, List<String> lines) throws IOException {
        List<String> all = new ArrayList<>(header);
        all.add("");
        all.addAll(lines);
        Files.write(file, all, StandardCharsets.UTF_8);
    }

    private static Suite suite(String name) {
        return SUITES.stream()
                .filter(suite -> suite.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no suite '" + name + "', only "
                        + SUITES.stream().map(Suite::name).toList()));
    }

    /**
     * Where a suite runs.
     *
     * @param scale how much is done
     * @param servers the servers
     * @param root the folder of the built project; absolute
     */
    record Setting(Scale scale, Servers servers, Path root) {

        /** Where files go; a quick run does not overwrite figures. */
        Path results() {
            return root.resolve("target").resolve(isQuick() ? "bench-quick" : "bench");
        }

        /** Whether this is only to see that everything works. */
        boolean isQuick() {
            return scale.equals(Scale.QUICK);
        }

        WorkerProcess start(Library library) {
            return start(library, WorkerProcess.LARGE, library.label());
        }

        WorkerProcess start(Library library, String heap, String name) {
            return WorkerProcess.start(library, new WorkerProcess.Site(root, servers, results()), heap, name);
        }

        /** Tells a person what is going on, beside the figures. */
        void progress(String text) {
            System.err.println(text);
        }
    }
}
