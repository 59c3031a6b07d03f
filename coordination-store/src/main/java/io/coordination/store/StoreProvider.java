package io.coordination.store;

import io.coordination.CoordinatorOptions;
import java.util.Set;

/**
 * Opens stores for endpoints of certain URI schemes. Found through {@link java.util.ServiceLoader}; a scheme belongs to
 * exactly one provider.
 */
public interface StoreProvider {

    /** The URI schemes this provider serves, in lower case, such as {@code http}. */
    Set<String> schemes();

    /**
     * Opens a store.
     *
     * <p>Returns without waiting for the server: the first call finds out whether it can be reached.
     *
     * @param options validated options, all of whose endpoints have one of {@link #schemes()}
     * @param time the clock and scheduler for every deadline of the store
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} when the options cannot work with this engine
     */
    Store open(CoordinatorOptions options, TimeSource time);
}
