package io.coordination.client;

import io.coordination.ConnectionState;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.config.ConfigCenter;
import io.coordination.config.internal.MirroredConfig;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.internal.QueueLocks;
import io.coordination.registry.ServiceRegistry;
import io.coordination.registry.internal.MirroredRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** What a module of the application sees of a coordinator: names of its own, everything else shared. Thread-safe. */
final class ModuleCoordinator implements Coordinator {

    /** The recipes as the module sees them. */
    record Recipes(QueueLocks locks, MirroredRegistry registry, MirroredConfig config) {}

    private final DefaultCoordinator parent;
    private final String name;
    private final Recipes recipes;
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    ModuleCoordinator(DefaultCoordinator parent, String name, Recipes recipes) {
        this.parent = parent;
        this.name = name;
        this.recipes = recipes;
    }

    String name() {
        return name;
    }

    @Override
    public DistributedLock lock() {
        requireOpen();
        return recipes.locks();
    }

    @Override
    public ServiceRegistry registry() {
        requireOpen();
        return recipes.registry();
    }

    @Override
    public ConfigCenter config() {
        requireOpen();
        return recipes.config();
    }

    @Override
    public Coordinator module(String other) {
        throw new CoordinationException(
                ErrorCode.INVALID_STATE,
                "module '" + other + "' cannot be made inside module '" + name + "': ask the coordinator itself");
    }

    @Override
    public ConnectionState state() {
        return closed.get() ? ConnectionState.CLOSED : parent.state();
    }

    @Override
    public Watch onState(Consumer<ConnectionState> listener) {
        requireOpen();
        Watch watch = parent.onState(listener);
        watches.add(watch);
        return watch;
    }

    @Override
    public void ping() {
        requireOpen();
        parent.ping();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        parent.forget(this);
        Shutdown shutdown = parent.newShutdown();
        watches.forEach(Watch::close);
        shutdown.step("ending the module's watches", recipes.config()::close);
        shutdown.step("withdrawing the module's registrations", recipes.registry()::close);
        shutdown.await("releasing the module's locks", recipes.locks().closeAsync());
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new CoordinationClosedException("module '" + name + "' is closed");
        }
    }
}
