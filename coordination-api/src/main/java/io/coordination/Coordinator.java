package io.coordination;

import io.coordination.config.ConfigCenter;
import io.coordination.lock.DistributedLock;
import io.coordination.registry.ServiceRegistry;
import java.util.function.Consumer;

/**
 * One connection to the coordination service, with locks, service registry and configuration on it.
 *
 * <p>Thread-safe; one per process and cluster is enough. Create it with {@link Coordination#connect(CoordinatorOptions)},
 * close it when the application ends. After {@link #close()} every call throws a {@link CoordinationClosedException}.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface Coordinator extends AutoCloseable {
    /**
     * The locks of this coordinator. Does not block.
     *
     * @return always the same object
     * @throws CoordinationClosedException after {@link #close()}
     */
    DistributedLock lock();

    /**
     * The service registry. Does not block.
     *
     * @return always the same object
     * @throws CoordinationClosedException after {@link #close()}
     */
    ServiceRegistry registry();

    /**
     * The configuration centre. Does not block.
     *
     * @return always the same object
     * @throws CoordinationClosedException after {@link #close()}
     */
    ConfigCenter config();

    /**
     * The coordinator of a module of the application: it has its own lock names and configuration keys, and shares the
     * registry, the connection and its sessions. Instances that it registers carry the metadata {@code module=<name>}.
     *
     * <p>Closing a module releases what was made through it and leaves this coordinator open.
     *
     * @param name 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}, not {@code .} or {@code ..}
     * @return the same open instance for the same name; a new one after that was closed
     * @throws CoordinationException {@link ErrorCode#VALIDATION_ERROR} for another name, {@link ErrorCode#INVALID_STATE}
     *     when this is itself a module
     * @throws CoordinationClosedException after {@link #close()}
     */
    Coordinator module(String name);

    /**
     * The state of the connection: the worst of its sessions. Does not block.
     *
     * @return the present state, {@link ConnectionState#CLOSED} after {@link #close()}
     */
    ConnectionState state();

    /**
     * Tells a listener every later change of {@link #state()}, in order, on the callback executor and never concurrently
     * with itself. An exception of the listener is logged and harms nothing else.
     *
     * @param listener told the new state
     * @return the handle that ends it
     * @throws CoordinationClosedException after {@link #close()}
     */
    Watch onState(Consumer<ConnectionState> listener);

    /**
     * Asks the cluster for a linearizable answer: returns when any endpoint reaches a leader with a majority. Blocks at most
     * for the request timeout.
     *
     * @throws CoordinationException when there is no such answer, with the code that says why
     */
    void ping();

    /**
     * Releases the locks, withdraws the registrations, ends the watches, revokes the sessions, completes every future with
     * {@link ErrorCode#CLOSED} and closes the connection. A held lock with a fixed TTL is not released: it runs out.
     * Idempotent, uninterruptible, bounded by the request timeout, and never throws: what the server did not confirm ends
     * with its TTL.
     */
    @Override
    void close();
}
