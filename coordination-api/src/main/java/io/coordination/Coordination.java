package io.coordination;

import io.coordination.config.ConfigEvent;
import io.coordination.config.TypeRef;
import io.coordination.config.Version;
import io.coordination.internal.Checks;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceEvent;
import io.coordination.registry.ServiceInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The static entry point: opens coordinators, and offers every capability over one <em>default coordinator</em>.
 *
 * <pre>{@code
 * try (LockHandle lock = Coordination.acquireLock("orders/42", Duration.ofSeconds(30))) {
 *     ship(lock.fencingToken());
 * }
 * Coordination.registerService(ServiceInfo.of("orders", "10.0.0.7", 8080));
 * int limit = Coordination.getConfig("orders.limit", Integer.class).orElse(100);
 * }</pre>
 *
 * <p><b>The default coordinator</b> is opened at first use, from the options given to {@link #configure}, else from
 * {@linkplain CoordinatorOptions#fromEnvironment() the environment}, else at {@value CoordinatorOptions#DEFAULT_ENDPOINT};
 * endpoints and their source are logged once. When that fails nothing is left behind and the next call tries again. After it
 * was closed, the next call opens another from the same options. After a coordinator that was given to {@link #install} was
 * closed, every call throws a {@link CoordinationClosedException} until {@code install} or {@code configure} is called again.
 * What the facade opened it closes when the JVM shuts down, within 3 s, and then opens nothing any more; an installed
 * coordinator stays its owner's.
 *
 * <p>All methods are thread-safe. All but {@code configure} and {@code install} may block to open the default coordinator, at
 * most for its request timeout, and then throw what {@link #coordinator()} throws, besides what the method of the same
 * purpose of {@link Coordinator} throws.
 */
public final class Coordination {
    private static final DefaultCoordinatorHolder DEFAULT = new DefaultCoordinatorHolder(
            CoordinatorProviders::connect,
            () -> EnvironmentOptions.ofProcess().load(),
            hook -> Runtime.getRuntime().addShutdownHook(new Thread(hook, "coordination-shutdown")),
            Duration.ofSeconds(3));

    private Coordination() {}

    /**
     * Opens a coordinator of the caller's own, which the caller closes. Has nothing to do with the default coordinator. Blocks
     * until the cluster answered, at most for the request timeout.
     *
     * @param options where and how to connect
     * @return a new open coordinator
     * @throws CoordinationException {@link ErrorCode#CONNECTION_ERROR} or {@link ErrorCode#TIMEOUT_ERROR} when no endpoint
     *     answers in time, {@link ErrorCode#PERMISSION_DENIED} when the credentials are refused,
     *     {@link ErrorCode#VALIDATION_ERROR} for bad options, {@link ErrorCode#INVALID_STATE} without
     *     {@code io.coordination:coordination-client} on the class path
     */
    public static Coordinator connect(CoordinatorOptions options) {
        return CoordinatorProviders.connect(Checks.notNull("options", options));
    }

    /**
     * Opens a coordinator of the caller's own with the default options for these endpoints.
     *
     * @param firstEndpoint {@code http://host:port} or {@code memory:name}
     * @param more further members of the same cluster
     * @return a new open coordinator
     * @throws CoordinationException as {@link #connect(CoordinatorOptions)}
     */
    public static Coordinator connect(String firstEndpoint, String... more) {
        return connect(
                CoordinatorOptions.builder().endpoints(firstEndpoint, more).build());
    }

    /**
     * Says from which options the default coordinator is opened. Does not connect.
     *
     * @param options where and how to connect
     * @throws CoordinationException {@link ErrorCode#INVALID_STATE} while a default coordinator is open or being opened
     */
    public static void configure(CoordinatorOptions options) {
        DEFAULT.configure(options);
    }

    /**
     * Makes an open coordinator the default one, for tests and dependency injection. It stays the caller's to close.
     *
     * @param coordinator an open coordinator; installing the present one again changes nothing
     * @throws CoordinationException {@link ErrorCode#INVALID_STATE} while another default coordinator is open or being opened,
     *     or when the given one is closed
     */
    public static void install(Coordinator coordinator) {
        DEFAULT.install(coordinator);
    }

    /**
     * The default coordinator, opened if it is not open. It belongs to the facade; close it with {@link #close()}.
     *
     * @return an open coordinator
     * @throws CoordinationException as {@link #connect(CoordinatorOptions)}; {@link ErrorCode#CLOSED} after an installed
     *     coordinator was closed and while the JVM shuts down; {@link ErrorCode#CANCELLED} when interrupted while another
     *     thread opens it
     */
    public static Coordinator coordinator() {
        return DEFAULT.coordinator();
    }

    /**
     * The default coordinator's coordinator for a module of the application.
     *
     * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
     * @return the same open instance for the same name
     * @see Coordinator#module(String)
     */
    public static Coordinator module(String name) {
        return coordinator().module(name);
    }

    /**
     * Closes the default coordinator that the facade opened, or stops using the installed one without closing it. Idempotent.
     *
     * @see Coordinator#close()
     */
    public static void close() {
        DEFAULT.close();
    }

    /**
     * Waits for a lock without limit and takes it.
     *
     * @param key the name of the lock
     * @param ttl how long a dead holder blocks others, 2 s to 24 h
     * @return the held lock
     * @throws InterruptedException when interrupted while waiting; nothing stays behind
     * @see io.coordination.lock.DistributedLock#acquire(String, Duration)
     */
    public static LockHandle acquireLock(String key, Duration ttl) throws InterruptedException {
        return coordinator().lock().acquire(key, ttl);
    }

    /**
     * Waits for a lock and takes it.
     *
     * @param key the name of the lock
     * @param options TTL, wait time and so on
     * @return the held lock
     * @throws InterruptedException when interrupted while waiting; nothing stays behind
     * @see io.coordination.lock.DistributedLock#acquire(String, LockOptions)
     */
    public static LockHandle acquireLock(String key, LockOptions options) throws InterruptedException {
        return coordinator().lock().acquire(key, options);
    }

    /**
     * Takes a lock if it is free now.
     *
     * @param key the name of the lock
     * @param ttl how long a dead holder blocks others, 2 s to 24 h
     * @return the held lock, or empty when somebody else has it or waits for it
     * @see io.coordination.lock.DistributedLock#tryAcquire(String, Duration)
     */
    public static Optional<LockHandle> tryAcquireLock(String key, Duration ttl) {
        return coordinator().lock().tryAcquire(key, ttl);
    }

    /**
     * Takes a lock if it becomes free within the wait time.
     *
     * @param key the name of the lock
     * @param options TTL, wait time and so on
     * @return the held lock, or empty when the wait time ended before
     * @throws InterruptedException when interrupted while waiting; nothing stays behind
     * @see io.coordination.lock.DistributedLock#tryAcquire(String, LockOptions)
     */
    public static Optional<LockHandle> tryAcquireLock(String key, LockOptions options) throws InterruptedException {
        return coordinator().lock().tryAcquire(key, options);
    }

    /**
     * Registers an instance and keeps it registered until the registration or the coordinator is closed.
     *
     * @param service the instance
     * @return the registration
     * @see io.coordination.registry.ServiceRegistry#register(ServiceInfo)
     */
    public static Registration registerService(ServiceInfo service) {
        return coordinator().registry().register(service);
    }

    /**
     * Withdraws an instance that this coordinator registered.
     *
     * @param serviceId the id of the instance
     * @see io.coordination.registry.ServiceRegistry#unregister(String)
     */
    public static void unregisterService(String serviceId) {
        coordinator().registry().unregister(serviceId);
    }

    /**
     * The instances of a service.
     *
     * @param name the name of the service
     * @return the instances, ordered by id; empty when there is none
     * @see io.coordination.registry.ServiceRegistry#discover(String)
     */
    public static List<ServiceInfo> discoverServices(String name) {
        return coordinator().registry().discover(name);
    }

    /**
     * Tells a listener the instances of a service and every later change.
     *
     * @param name the name of the service
     * @param listener told the events, one at a time
     * @return the handle that ends the watch
     * @see io.coordination.registry.ServiceRegistry#watch(String, Consumer)
     */
    public static Watch watchServices(String name, Consumer<ServiceEvent> listener) {
        return coordinator().registry().watch(name, listener);
    }

    /**
     * Reads a configuration value.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return the value, or empty when the key does not exist
     * @see io.coordination.config.ConfigCenter#get(String, Class)
     */
    public static <T> Optional<T> getConfig(String key, Class<T> type) {
        return coordinator().config().get(key, type);
    }

    /**
     * Reads a configuration value of a type with type arguments.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return the value, or empty when the key does not exist
     * @see io.coordination.config.ConfigCenter#get(String, TypeRef)
     */
    public static <T> Optional<T> getConfig(String key, TypeRef<T> type) {
        return coordinator().config().get(key, type);
    }

    /**
     * Writes a configuration value, whatever was there before.
     *
     * @param key the key
     * @param value the value
     * @return the version it got
     * @see io.coordination.config.ConfigCenter#set(String, Object)
     */
    public static Version setConfig(String key, Object value) {
        return coordinator().config().set(key, value);
    }

    /**
     * Removes a configuration value.
     *
     * @param key the key
     * @return false when the key did not exist
     * @see io.coordination.config.ConfigCenter#delete(String)
     */
    public static boolean deleteConfig(String key) {
        return coordinator().config().delete(key);
    }

    /**
     * Tells a listener a configuration value and every later change.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @param listener told the events, one at a time
     * @return the handle that ends the watch
     * @see io.coordination.config.ConfigCenter#watch(String, Class, Consumer)
     */
    public static <T> Watch watchConfig(String key, Class<T> type, Consumer<ConfigEvent<T>> listener) {
        return coordinator().config().watch(key, type, listener);
    }

    /**
     * Tells a listener a configuration value of a type with type arguments and every later change.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @param listener told the events, one at a time
     * @return the handle that ends the watch
     * @see io.coordination.config.ConfigCenter#watch(String, TypeRef, Consumer)
     */
    public static <T> Watch watchConfig(String key, TypeRef<T> type, Consumer<ConfigEvent<T>> listener) {
        return coordinator().config().watch(key, type, listener);
    }

    /**
     * The configuration keys under a prefix.
     *
     * @param prefix whole segments; empty for all keys
     * @return the keys, sorted, as {@link #getConfig(String, Class)} takes them
     * @see io.coordination.config.ConfigCenter#list(String)
     */
    public static List<String> listConfigs(String prefix) {
        return coordinator().config().list(prefix);
    }
}
