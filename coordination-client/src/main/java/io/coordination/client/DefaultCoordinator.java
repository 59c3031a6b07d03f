package io.coordination.client;

import io.coordination.ConnectionState;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.Watch;
import io.coordination.config.ConfigCenter;
import io.coordination.config.internal.MirroredConfig;
import io.coordination.internal.Checks;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.internal.QueueDomains;
import io.coordination.lock.internal.QueueLocks;
import io.coordination.registry.ServiceRegistry;
import io.coordination.registry.internal.MirroredRegistry;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.ListenerCalls;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.group.DeferredCommit;
import io.coordination.store.group.GroupCommit;
import io.coordination.store.group.GroupedStore;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator: one store, the recipes on it, their sessions, and the threads for user code.
 *
 * <p>{@link #connect} finds the engine and makes sure that it answers; the constructor takes any {@link Store}, for tests and
 * for applications that assemble their parts themselves. Thread-safe.
 */
public final class DefaultCoordinator implements Coordinator {

    private static final Logger log = LoggerFactory.getLogger("coordination");
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Environment env;
    private final CallbackThreads callbacks;
    // Of the recipe alone: the renewals of its sessions never wait behind a batch.
    private final GroupedStore grouped;
    private final Sessions lockSessions;
    private final Sessions registrySessions;
    private final QueueLocks locks;
    private final MirroredRegistry registry;
    private final MirroredConfig config;
    private final StateBoard board;
    private final Map<String, ModuleCoordinator> modules = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean answered;

    /**
     * A coordinator on a given store, which it closes with itself, as it does with the time source. Does not ask the server.
     */
    public DefaultCoordinator(CoordinatorOptions options, Store store, TimeSource time) {
        this.callbacks = CallbackThreads.of(options);
        this.env =
                new Environment(store, Keys.ofNamespace(options.namespace()), time, callbacks.executor(), options, log);
        this.lockSessions = new Sessions(env, "locks");
        this.registrySessions = new Sessions(env, "registry");
        this.grouped = new GroupedStore(
                store,
                options.groupCommit() ? new GroupCommit(store) : new DeferredCommit(store, time),
                QueueDomains::of);
        this.locks = new QueueLocks(ofLocks(env), lockSessions);
        this.registry = new MirroredRegistry(env, registrySessions);
        this.config = new MirroredConfig(env);
        this.board = new StateBoard(this::state, ListenerCalls.of(env), log);
        lockSessions.onChange(board::refresh);
        registrySessions.onChange(board::refresh);
    }

    /**
     * Opens the store of the options' endpoints and waits until a member serves, at most for the request timeout, unless the
     * options say to connect lazily.
     *
     * @throws CoordinationException when there is no store for the scheme, or no member serves: then with one sentence for
     *     each endpoint; nothing stays open
     */
    public static DefaultCoordinator connect(CoordinatorOptions options) {
        TimeSource time = TimeSource.system(options.namespace().replace('/', '-'));
        DefaultCoordinator coordinator;
        try {
            coordinator = new DefaultCoordinator(options, StoreProviders.open(options, time), time);
        } catch (RuntimeException | LinkageError e) {
            time.close();
            throw e;
        }
        if (options.connectLazily()) {
            coordinator.awaitFirstAnswer();
            return coordinator;
        }
        try {
            Blocking.await(coordinator.env.store().ready(), "connecting to the cluster");
            coordinator.answered();
            return coordinator;
        } catch (CoordinationException e) {
            coordinator.close();
            throw e;
        }
    }

    @Override
    public DistributedLock lock() {
        requireOpen();
        return locks;
    }

    @Override
    public ServiceRegistry registry() {
        requireOpen();
        return registry;
    }

    @Override
    public ConfigCenter config() {
        requireOpen();
        return config;
    }

    @Override
    public Coordinator module(String name) {
        Checks.moduleName("name", name);
        requireOpen();
        return modules.computeIfAbsent(name, this::newModule);
    }

    private ModuleCoordinator newModule(String name) {
        Environment module = env.ofModule(name, LoggerFactory.getLogger("coordination." + name));
        return new ModuleCoordinator(
                this,
                name,
                new ModuleCoordinator.Recipes(
                        locks.ofModule(ofLocks(module)), registry.ofModule(name), new MirroredConfig(module)));
    }

    /** What the lock recipe works with. */
    private Environment ofLocks(Environment any) {
        return any.on(grouped);
    }

    void forget(ModuleCoordinator module) {
        modules.remove(module.name(), module);
    }

    @Override
    public ConnectionState state() {
        if (closed.get()) {
            return ConnectionState.CLOSED;
        }
        if (!answered) {
            return ConnectionState.CONNECTING;
        }
        ConnectionState ofLocks = lockSessions.state();
        ConnectionState ofRegistry = registrySessions.state();
        return ofLocks.compareTo(ofRegistry) >= 0 ? ofLocks : ofRegistry;
    }

    @Override
    public Watch onState(Consumer<ConnectionState> listener) {
        Checks.notNull("listener", listener);
        requireOpen();
        return board.listen(listener);
    }

    @Override
    public void ping() {
        requireOpen();
        Blocking.await(firstAnswer(), "asking the cluster for an answer");
    }

    private CompletableFuture<Void> firstAnswer() {
        RangeQuery query = RangeQuery.key(env.keys().namespacePrefix()).withCountOnly();
        return env.store().range(query).thenAccept(found -> answered());
    }

    private void answered() {
        answered = true;
        board.refresh();
    }

    /** Asks in the background until there is an answer: then a coordinator that connects lazily is connected. */
    private void awaitFirstAnswer() {
        firstAnswer().whenComplete((done, failure) -> {
            if (failure != null && !closed.get()) {
                log.atDebug().setCause(failure).log("The cluster has not answered yet");
                env.time().schedule(PAUSE, this::awaitFirstAnswer);
            }
        });
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        grouped.hurry();
        modules.values().forEach(ModuleCoordinator::close);
        Shutdown shutdown = newShutdown(); // after the modules: each has its own limit
        shutdown.step("ending the configuration's watches", config::close);
        shutdown.step("withdrawing registrations", registry::close);
        shutdown.await("releasing locks", locks.closeAsync());
        shutdown.await("revoking the sessions of locks", lockSessions.closeAsync());
        shutdown.await("revoking the sessions of registrations", registrySessions.closeAsync());
        board.refresh();
        shutdown.step("ending group commit", grouped::close);
        shutdown.step("closing the store", env.store()::close);
        shutdown.step("stopping timers", env.time()::close);
        shutdown.step("ending callback threads", callbacks::close);
    }

    Shutdown newShutdown() {
        return new Shutdown(env.options().requestTimeout());
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new CoordinationClosedException("the coordinator is closed");
        }
    }
}
