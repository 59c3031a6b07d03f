package io.coordination;

import io.coordination.spi.CoordinatorProvider;
import java.util.function.Function;

/** The provider that the tests of this module find through the service loader; it does what the test says. */
public final class FakeProvider implements CoordinatorProvider {
    static volatile Function<CoordinatorOptions, Coordinator> behaviour = options -> new FakeCoordinator();

    @Override
    public Coordinator connect(CoordinatorOptions options) {
        return behaviour.apply(options);
    }
}
