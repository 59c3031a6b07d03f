package io.coordination.spi;

import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;

/**
 * Makes coordinators; found through {@link java.util.ServiceLoader}. {@code io.coordination:coordination-client} brings the
 * only one that an application needs.
 */
public interface CoordinatorProvider {
    /**
     * Opens a coordinator, or throws and leaves nothing behind.
     *
     * @param options where and how to connect
     * @return a new open coordinator, owned by the caller
     * @throws io.coordination.CoordinationException when the cluster does not answer within the request timeout or refuses
     */
    Coordinator connect(CoordinatorOptions options);
}
