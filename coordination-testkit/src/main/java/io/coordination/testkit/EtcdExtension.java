package io.coordination.testkit;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * An {@link EtcdCluster} for a test class.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EtcdExtension etcd = EtcdExtension.of(EtcdCluster.builder().version("3.5").members(3));
 *
 * @RegisterExtension
 * static final EtcdExtension shared = EtcdExtension.shared("3.4");
 * }</pre>
 *
 * <p>The field must be static. A cluster of its own starts before the first test of the class, nested classes included, and
 * is closed after the last. A shared one starts when the first class needs it and is closed at the end of the test run: its
 * tests keep to keys of their own and do not stop members.
 */
public final class EtcdExtension implements BeforeAllCallback, AfterAllCallback {

    private static final Namespace NAMESPACE = Namespace.create(EtcdExtension.class);

    private final Lifecycle lifecycle;

    private EtcdExtension(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /** A cluster of the class's own, described by a builder. */
    public static EtcdExtension of(EtcdClusterBuilder description) {
        return new EtcdExtension(new Own(description::build));
    }

    /** A single member that all test classes of this JVM share, by version line such as {@code 3.5}. */
    public static EtcdExtension shared(String version) {
        return new EtcdExtension(new Shared(version));
    }

    /**
     * The running cluster.
     *
     * @throws IllegalStateException outside the tests of the class
     */
    public EtcdCluster cluster() {
        EtcdCluster cluster = lifecycle.cluster();
        if (cluster == null) {
            throw new IllegalStateException("etcd does not run: register the extension in a static field "
                    + "with @RegisterExtension and use it in tests only.");
        }
        return cluster;
    }

    /** The addresses of all members for clients. */
    public List<String> endpoints() {
        return cluster().endpoints();
    }

    /** Runs {@code etcdctl}, see {@link EtcdCluster#etcdctl(String...)}. */
    public String etcdctl(String... arguments) {
        return cluster().etcdctl(arguments);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        lifecycle.begin(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        lifecycle.end();
    }

    /** Who starts the cluster and who ends it. */
    private interface Lifecycle {
        void begin(ExtensionContext context);

        @Nullable
        EtcdCluster cluster();

        void end();
    }

    /** Nested classes begin and end inside their outer class, which owns the cluster. */
    private static final class Own implements Lifecycle {
        private final Supplier<EtcdCluster> description;
        private @Nullable EtcdCluster cluster;
        private int depth;

        Own(Supplier<EtcdCluster> description) {
            this.description = description;
        }

        @Override
        public void begin(ExtensionContext context) {
            if (cluster == null) {
                cluster = description.get().start();
            }
            depth++;
        }

        @Override
        public @Nullable EtcdCluster cluster() {
            return cluster;
        }

        @Override
        public void end() {
            depth--;
            if (depth <= 0 && cluster != null) {
                cluster.close();
                cluster = null;
                depth = 0;
            }
        }
    }

    /** The root store closes the cluster at the end of the run. */
    private static final class Shared implements Lifecycle {
        private final String version;
        private @Nullable EtcdCluster cluster;

        Shared(String version) {
            this.version = version;
        }

        @Override
        public void begin(ExtensionContext context) {
            cluster = context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent(
                            version, line -> EtcdCluster.builder().version(line).start(), EtcdCluster.class);
        }

        @Override
        public @Nullable EtcdCluster cluster() {
            return cluster;
        }

        @Override
        public void end() {
            // the root store ends it
        }
    }
}
