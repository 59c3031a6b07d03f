package io.coordination.registry.internal;

import io.coordination.ConnectionState;
import io.coordination.CoordinationClosedException;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.Watch;
import io.coordination.config.ConfigCenter;
import io.coordination.lock.DistributedLock;
import io.coordination.memory.MemoryStore;
import io.coordination.registry.ServiceRegistry;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.TimeSource;
import io.coordination.store.session.Sessions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** A coordinator that has nothing but a registry on a store in memory, with the clock and threads of real life. */
final class RegistryCoordinator implements Coordinator {

    private final TimeSource time = TimeSource.system("registry-test");
    private final ExecutorService callbacks = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "registry-test-callbacks");
        thread.setDaemon(true);
        return thread;
    });
    private final MemoryStore store;
    private final Sessions sessions;
    private final MirroredRegistry registry;
    private final Map<String, Coordinator> modules = new ConcurrentHashMap<>();

    RegistryCoordinator(String name) {
        store = MemoryStore.named(name, time);
        CoordinatorOptions options =
                CoordinatorOptions.builder().endpoints("memory:" + name).build();
        Environment env = new Environment(
                store, Keys.ofNamespace("test"), time, callbacks, options, LoggerFactory.getLogger("coordination"));
        sessions = new Sessions(env, "registry");
        registry = new MirroredRegistry(env, sessions);
    }

    @Override
    public ServiceRegistry registry() {
        return registry;
    }

    @Override
    public Coordinator module(String name) {
        return modules.computeIfAbsent(name, any -> new OfModule(registry.ofModule(any)));
    }

    @Override
    public void close() {
        registry.close();
        sessions.closeAsync().join();
        store.close();
        time.close();
        callbacks.shutdown();
    }

    @Override
    public DistributedLock lock() {
        throw onlyARegistry();
    }

    @Override
    public ConfigCenter config() {
        throw onlyARegistry();
    }

    @Override
    public ConnectionState state() {
        throw onlyARegistry();
    }

    @Override
    public Watch onState(Consumer<ConnectionState> listener) {
        throw onlyARegistry();
    }

    @Override
    public void ping() {
        throw onlyARegistry();
    }

    private static CoordinationClosedException onlyARegistry() {
        return new CoordinationClosedException("this coordinator has nothing but a registry");
    }

    /** The registry of a module, in the same poor surroundings. */
    private record OfModule(MirroredRegistry registry) implements Coordinator {

        @Override
        public Coordinator module(String name) {
            throw onlyARegistry();
        }

        @Override
        public void close() {
            registry.close();
        }

        @Override
        public DistributedLock lock() {
            throw onlyARegistry();
        }

        @Override
        public ConfigCenter config() {
            throw onlyARegistry();
        }

        @Override
        public ConnectionState state() {
            throw onlyARegistry();
        }

        @Override
        public Watch onState(Consumer<ConnectionState> listener) {
            throw onlyARegistry();
        }

        @Override
        public void ping() {
            throw onlyARegistry();
        }
    }
}
