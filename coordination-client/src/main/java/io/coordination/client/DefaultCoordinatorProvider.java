package io.coordination.client;

import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.spi.CoordinatorProvider;

/** Makes {@link DefaultCoordinator}s for {@code Coordination.connect}. */
public final class DefaultCoordinatorProvider implements CoordinatorProvider {

    /** For {@link java.util.ServiceLoader}. */
    public DefaultCoordinatorProvider() {}

    @Override
    public Coordinator connect(CoordinatorOptions options) {
        return DefaultCoordinator.connect(options);
    }
}
