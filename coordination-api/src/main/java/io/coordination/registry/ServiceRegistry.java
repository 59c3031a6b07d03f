package io.coordination.registry;

import io.coordination.Watch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Registration and discovery of service instances.
 *
 * <pre>{@code
 * Registration registration = registry.register(ServiceInfo.of("orders", "10.0.0.7", 8080));
 * List<ServiceInfo> instances = registry.discover("orders");
 * registration.close();
 * }</pre>
 *
 * <p>Service names and instance ids are one segment: not blank, no control characters, no white space at the ends, at most 512
 * bytes in UTF-8; {@code /} is a character like any other.
 *
 * <p>Thread-safe. Blocking methods block at most for the request timeout, unless they say otherwise; an interrupt ends them
 * with {@code CANCELLED}. Every method throws a {@link io.coordination.CoordinationException}: {@code VALIDATION_ERROR} for a
 * bad argument, {@code CONNECTION_ERROR}, {@code TIMEOUT_ERROR}, {@code SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when
 * the server cannot be asked, {@code CLOSED} after the coordinator was closed. The asynchronous forms fail with the same
 * exceptions; cancelling their future drops the wish.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface ServiceRegistry {
    /**
     * Registers an instance and keeps it registered until the registration or the coordinator is closed: after the loss of a
     * lease, a restart of the server or an outage it comes back by itself. Returns after the first commit, or throws and drops
     * the wish; with {@link io.coordination.CoordinatorOptions#connectLazily()} it returns at once.
     *
     * <p>Without an id one is made. When another process holds the id, this waits for it to go, at most for its TTL and a second.
     * An id that is registered through this coordinator already is refused; close that registration first.
     *
     * @param service the instance
     * @return the registration
     * @throws io.coordination.ConflictException when the other holder of the id is alive after its TTL, or this coordinator has
     *     registered the id under this service already
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Registration register(ServiceInfo service);

    /**
     * Withdraws an instance that this coordinator registered.
     *
     * @param serviceId the id of the instance
     * @throws io.coordination.CoordinationException {@code NOT_FOUND} when this coordinator registered no such id,
     *     {@code VALIDATION_ERROR} when it did so under more than one service (close the {@link Registration} instead), and for
     *     the reasons above
     */
    void unregister(String serviceId);

    /**
     * The instances of a service. The first call for a name asks the server; later ones are answered from a copy that a watch
     * keeps up to date, also while the server cannot be reached.
     *
     * @param name the name of the service
     * @return the instances, ordered by id, unmodifiable; empty when there is none
     * @throws io.coordination.CoordinationException for the reasons above
     */
    List<ServiceInfo> discover(String name);

    /**
     * Tells a listener the instances of a service, then every later state.
     *
     * <p>For one listener: the first event is a {@link ServiceEvent.Snapshot}; revisions never decrease; calls never overlap;
     * intermediate states may be skipped, the last one never is; after a gap, the loss of the connection or a compaction it is
     * told the difference, removals included. Between listeners there is no order. After {@link Watch#close()} returned no call
     * starts. A listener that throws is logged and goes on; one that blocks delays only itself, and when more than 1,000 events
     * wait for it, it is told a new snapshot instead. Listeners run on the callback executor.
     *
     * @param name the name of the service
     * @param listener told the events, one at a time
     * @return the handle that ends the watch
     * @throws io.coordination.CoordinationException for the reasons above
     */
    Watch watch(String name, Consumer<ServiceEvent> listener);

    /**
     * {@link #register(ServiceInfo)} without blocking.
     *
     * @param service the instance
     * @return a future of the registration
     */
    CompletableFuture<Registration> registerAsync(ServiceInfo service);

    /**
     * {@link #unregister(String)} without blocking.
     *
     * @param serviceId the id of the instance
     * @return a future that completes when the instance is gone
     */
    CompletableFuture<Void> unregisterAsync(String serviceId);

    /**
     * {@link #discover(String)} without blocking.
     *
     * @param name the name of the service
     * @return a future of the instances
     */
    CompletableFuture<List<ServiceInfo>> discoverAsync(String name);
}
