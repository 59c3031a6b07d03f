package io.coordination.testkit;

import java.nio.file.Path;

/** Chooses the runtime by the system property {@code etcd.runtime}. */
final class EtcdRuntimes {

    static final String PROPERTY = "etcd.runtime";

    private EtcdRuntimes() {}

    /** Container classes are touched only when containers are asked for: Testcontainers is optional. */
    static EtcdRuntime choose(String version, Path directory) {
        String name = System.getProperty(PROPERTY, "process");
        return switch (name) {
            case "process" -> new ProcessRuntime(EtcdBinary.find(version), directory);
            case "container" -> containers(version, directory);
            default ->
                throw new IllegalArgumentException(
                        "The system property " + PROPERTY + " must be process or container, but is " + name);
        };
    }

    private static EtcdRuntime containers(String version, Path directory) {
        try {
            return ContainerRuntime.create(version, directory);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    PROPERTY + "=container needs org.testcontainers:testcontainers 2.x on the class path.", e);
        }
    }
}
