package io.coordination.benchmarks;

import java.io.File;
import java.nio.file.Path;
import java.util.Locale;

/** What a worker JVM runs: a class path of its own and a server. */
enum Library {
    OURS("coordination-benchmarks", "io.coordination.benchmarks.ours.OursWorker", "etcd"),
    JETCD("coordination-benchmarks/jetcd", "io.coordination.benchmarks.jetcd.JetcdWorker", "etcd"),
    CURATOR("coordination-benchmarks/curator", "io.coordination.benchmarks.curator.CuratorWorker", "zookeeper"),
    REDISSON("coordination-benchmarks/redisson", "io.coordination.benchmarks.redisson.RedissonWorker", "redis");

    private final String module;
    private final String mainClass;
    private final String server;

    Library(String module, String mainClass, String server) {
        this.module = module;
        this.mainClass = mainClass;
        this.server = server;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    String mainClass() {
        return mainClass;
    }

    /** The name of the server that it works with. */
    String server() {
        return server;
    }

    String classPath(Path root) {
        Path target = root.resolve(module).resolve("target");
        return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + File.separator + "*";
    }
}
