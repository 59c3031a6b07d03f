package io.coordination.benchmarks;

import java.io.File;
import java.nio.file.Path;
import java.util.Locale;

/** Who is measured. Each has a module, a main class and a JVM of its own. */
public enum Peer {
    /** This project. */
    OURS("coordination-benchmarks", "io.coordination.benchmarks.ours.OursWorker"),
    /** jetcd-core, the usual etcd client of the JVM, as Maven resolves it. */
    JETCD("coordination-benchmarks/jetcd", "io.coordination.benchmarks.jetcd.JetcdWorker");

    private final String module;
    private final String mainClass;

    Peer(String module, String mainClass) {
        this.module = module;
        this.mainClass = mainClass;
    }

    /** The name in figures. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String mainClass() {
        return mainClass;
    }

    String classPath(Path root) {
        Path target = root.resolve(module).resolve("target");
        return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }
}
