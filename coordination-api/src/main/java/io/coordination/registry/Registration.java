package io.coordination.registry;

/**
 * A wish to be registered, kept until it is closed: after the loss of a lease, a restart of the server, a deleted key or an
 * outage of any length the instance comes back by itself, and never over another owner's.
 *
 * <p>Thread-safe.
 *
 * @apiNote Implemented by this SDK alone; methods may be added.
 */
public interface Registration extends AutoCloseable {
    /**
     * The registered instance, with its id also when none was given. Does not block.
     *
     * @return the instance as it was registered
     */
    ServiceInfo service();

    /**
     * Where the registration stands. Does not block.
     *
     * @return the present state
     */
    RegistrationState state();

    /**
     * Withdraws the instance. Idempotent, uninterruptible, bounded by the request timeout, never throws; when the server
     * cannot be reached it goes on in the background, and at the latest the TTL ends the instance.
     */
    @Override
    void close();
}
