package io.coordination.registry.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceEvent;
import io.coordination.registry.ServiceInfo;
import io.coordination.registry.ServiceRegistry;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.ListenerCalls;
import io.coordination.store.ListenerQueue;
import io.coordination.store.session.Sessions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * The service registry: registrations are wishes that are kept, discovery reads from mirrors. Thread-safe.
 *
 * <p>A module has a registry of its own over the same mirrors and sessions: its instances are tagged with its name, and its
 * close withdraws them alone.
 */
public final class MirroredRegistry implements ServiceRegistry, AutoCloseable {

    /** The metadata key that says which module registered an instance. */
    private static final String MODULE = "module";

    private final Environment env;
    private final ListenerCalls listeners;
    private final Optional<String> module;
    private final Registrations registrations;
    private final ServiceViews views;
    private final Set<ListenerQueue<Notice>> watches = ConcurrentHashMap.newKeySet();
    private final Set<MirroredRegistry> modules = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * The registry of a coordinator.
     *
     * @param sessions what registrations hang on; closed by the caller, after this registry
     */
    public MirroredRegistry(Environment env, Sessions sessions) {
        this(
                env,
                Optional.empty(),
                new Registrations(env, new RegistrySessions(env.store(), sessions), ConcurrentHashMap.newKeySet()),
                new ServiceViews(env));
    }

    private MirroredRegistry(
            Environment env, Optional<String> module, Registrations registrations, ServiceViews views) {
        this.env = env;
        this.listeners = ListenerCalls.of(env);
        this.module = module;
        this.registrations = registrations;
        this.views = views;
    }

    /**
     * A registry for a module, which is closed on its own or with this one.
     *
     * @throws CoordinationClosedException when this registry was closed
     */
    public MirroredRegistry ofModule(String name) {
        Environment moduleEnv = env.ofModule(name, LoggerFactory.getLogger("coordination." + name));
        MirroredRegistry made =
                new MirroredRegistry(moduleEnv, Optional.of(name), registrations.ofModule(moduleEnv), views);
        modules.removeIf(module -> module.closed);
        modules.add(made);
        if (closed) {
            made.close();
            throw closedFailure();
        }
        return made;
    }

    @Override
    public Registration register(ServiceInfo service) {
        ServiceInfo wanted = completed(service);
        return Blocking.await(
                register(wanted, Runnable::run),
                "registering instance '" + wanted.id() + "' of service '" + wanted.name() + "'");
    }

    @Override
    public CompletableFuture<Registration> registerAsync(ServiceInfo service) {
        return caught(() -> register(completed(service), env.callbacks()));
    }

    private CompletableFuture<Registration> register(ServiceInfo service, Executor threads) {
        RegistrationKeeper keeper = registrations.add(service);
        CompletableFuture<Registration> done = env.options().connectLazily()
                ? CompletableFuture.completedFuture(handle(keeper))
                : keeper.committed()
                        .thenCompose(revision -> views.caughtUp(service.name(), revision))
                        .thenApply(seen -> handle(keeper));
        return HandOver.of(threads, done, keeper::withdraw, unwanted -> keeper.withdraw());
    }

    private Registration handle(RegistrationKeeper keeper) {
        return new KeptRegistration(keeper, this::close);
    }

    private ServiceInfo completed(ServiceInfo service) {
        ServiceInfo.Builder builder = Checks.notNull("service", service).toBuilder();
        if (service.id().isEmpty()) {
            builder.id(InstanceIds.generate(service.name()));
        }
        module.ifPresent(name -> builder.metadata(MODULE, name));
        return builder.build();
    }

    /** Uninterruptible: what is not certain in time goes on in the background. */
    private void close(RegistrationKeeper keeper) {
        settle(withdraw(keeper));
    }

    private CompletableFuture<Void> withdraw(RegistrationKeeper keeper) {
        String service = keeper.service().name();
        return keeper.withdraw().thenCompose(revision -> views.caughtUp(service, revision));
    }

    private void settle(CompletableFuture<Void> end) {
        Deadlines.within(env.time(), env.options().requestTimeout(), end, () -> timeout("closing the registry"))
                .exceptionally(notInTime -> null)
                .join();
    }

    @Override
    public void unregister(String serviceId) {
        Blocking.await(unregister(serviceId, Runnable::run), "unregistering instance '" + serviceId + "'");
    }

    @Override
    public CompletableFuture<Void> unregisterAsync(String serviceId) {
        return caught(() -> unregister(serviceId, env.callbacks()));
    }

    private CompletableFuture<Void> unregister(String serviceId, Executor threads) {
        RegistrationKeeper keeper = registrations.find(Checks.name("serviceId", serviceId));
        CompletableFuture<Void> end = Deadlines.within(
                env.time(),
                env.options().requestTimeout(),
                withdraw(keeper),
                () -> timeout("unregistering instance '" + serviceId + "', which goes on in the background,"));
        return HandOver.of(threads, end, () -> {}, nothing -> {});
    }

    @Override
    public List<ServiceInfo> discover(String name) {
        Optional<List<ServiceInfo>> known = known(name);
        return known.isPresent() ? known.get() : Blocking.await(views.read(name), "discovering service '" + name + "'");
    }

    @Override
    public CompletableFuture<List<ServiceInfo>> discoverAsync(String name) {
        return caught(() -> {
            Optional<List<ServiceInfo>> known = known(name);
            CompletableFuture<List<ServiceInfo>> read =
                    known.isPresent() ? CompletableFuture.completedFuture(known.get()) : views.read(name);
            return HandOver.of(env.callbacks(), read, () -> {}, unwanted -> {});
        });
    }

    /** The asynchronous forms fail by their future alone, for a bad argument too. */
    private static <T> CompletableFuture<T> caught(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private Optional<List<ServiceInfo>> known(String name) {
        requireOpen();
        return views.known(Checks.name("name", name));
    }

    @Override
    public Watch watch(String name, Consumer<ServiceEvent> listener) {
        requireOpen();
        Checks.notNull("listener", listener);
        ServiceView view = views.of(Checks.name("name", name));
        ListenerQueue<Notice> watch =
                new ListenerQueue<>(listeners, new ServiceWatcher(name, listener), () -> forgetClosed(view));
        watches.add(watch);
        view.add(watch);
        if (closed) {
            watch.close();
            throw closedFailure();
        }
        return watch;
    }

    private void forgetClosed(ServiceView view) {
        view.forgetClosed();
        watches.removeIf(Watch::isClosed);
    }

    /**
     * Withdraws everything that was registered here, ends the watches, and completes what is outstanding with {@code CLOSED}.
     * Idempotent, uninterruptible, bounded by the request timeout; what is not certain by then goes on until the sessions are
     * closed.
     */
    @Override
    public void close() {
        settle(closeAsync());
    }

    private CompletableFuture<Void> closeAsync() {
        closed = true;
        watches.forEach(ListenerQueue::close);
        CompletableFuture<?>[] ofModules =
                modules.stream().map(MirroredRegistry::closeAsync).toArray(CompletableFuture<?>[]::new);
        if (module.isEmpty()) {
            views.close();
        }
        return CompletableFuture.allOf(registrations.close(), CompletableFuture.allOf(ofModules));
    }

    private void requireOpen() {
        if (closed) {
            throw closedFailure();
        }
    }

    private static CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the service registry is closed: open a new coordinator or module");
    }

    private CoordinationException timeout(String operation) {
        return CoordinationException.withUnknownOutcome(
                ErrorCode.TIMEOUT_ERROR,
                operation + " had no definite answer within "
                        + Durations.text(env.options().requestTimeout()));
    }
}
