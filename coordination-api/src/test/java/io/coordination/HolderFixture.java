package io.coordination;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/** A holder of the default coordinator whose surroundings the test plays. */
final class HolderFixture {
    final List<CoordinatorOptions> connected = new CopyOnWriteArrayList<>();
    final List<FakeCoordinator> opened = new CopyOnWriteArrayList<>();
    final List<Runnable> hooks = new ArrayList<>();
    Function<CoordinatorOptions, FakeCoordinator> connector = options -> new FakeCoordinator();
    Supplier<EnvironmentOptions.Loaded> environment =
            () -> new EnvironmentOptions.Loaded(CoordinatorOptions.defaults(), "default");
    boolean jvmShutsDown;

    final DefaultCoordinatorHolder holder =
            new DefaultCoordinatorHolder(this::connect, () -> environment.get(), this::addHook, Duration.ofMillis(50));

    private Coordinator connect(CoordinatorOptions options) {
        connected.add(options);
        FakeCoordinator coordinator = connector.apply(options);
        opened.add(coordinator);
        return coordinator;
    }

    private void addHook(Runnable hook) {
        if (jvmShutsDown) {
            throw new IllegalStateException("Shutdown in progress");
        }
        hooks.add(hook);
    }

    static CoordinatorOptions options(String namespace) {
        return CoordinatorOptions.builder().namespace(namespace).build();
    }
}
