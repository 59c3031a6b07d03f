package io.coordination.registry.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.Checks;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Environment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The wishes of one coordinator or of one of its modules. Thread-safe; nothing blocks.
 *
 * <p>The keys that are taken are shared by a coordinator and its modules: they share the registry, so one id of a service can
 * be wished for once.
 */
final class Registrations {

    private final Environment env;
    private final RegistrySessions sessions;
    private final Set<String> taken;
    private final ConcurrentMap<String, RegistrationKeeper> keepers = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Registrations(Environment env, RegistrySessions sessions, Set<String> taken) {
        this.env = env;
        this.sessions = sessions;
        this.taken = taken;
    }

    /** The same sessions and taken keys for a module. */
    Registrations ofModule(Environment moduleEnv) {
        return new Registrations(moduleEnv, sessions, taken);
    }

    /**
     * Begins to fulfil a wish.
     *
     * @throws ConflictException when the id is registered through this coordinator already
     * @throws CoordinationClosedException after {@link #close}
     */
    RegistrationKeeper add(ServiceInfo service) {
        requireOpen();
        InstanceKey key = InstanceKey.of(env, service);
        if (!taken.add(key.name())) {
            throw new ConflictException(
                    "instance '" + service.id() + "' of service '" + service.name()
                            + "' is registered through this coordinator already: close that registration first or use another id");
        }
        RegistrationKeeper keeper =
                new RegistrationKeeper(env, sessions, key, env.options().connectLazily(), () -> remove(key));
        keepers.put(key.name(), keeper);
        keeper.start();
        if (closed) {
            keeper.drop(closedFailure());
        }
        return keeper;
    }

    private void remove(InstanceKey key) {
        keepers.remove(key.name());
        taken.remove(key.name());
    }

    /**
     * The registration of an id.
     *
     * @throws CoordinationException {@code NOT_FOUND} when there is none, {@code VALIDATION_ERROR} when there are several
     */
    RegistrationKeeper find(String id) {
        requireOpen();
        List<RegistrationKeeper> found = keepers.values().stream()
                .filter(keeper -> keeper.service().id().equals(id))
                .toList();
        if (found.isEmpty()) {
            throw CoordinationException.of(
                    ErrorCode.NOT_FOUND,
                    "serviceId '" + id
                            + "' is not registered through this coordinator: only the coordinator or module that"
                            + " registered an instance can unregister it");
        }
        if (found.size() > 1) {
            throw Checks.invalid(
                    "serviceId",
                    id,
                    "it is registered under " + found.size() + " services, close the Registration that is meant");
        }
        return found.get(0);
    }

    /** Withdraws everything; wishes that were not fulfilled yet fail. The future completes when nothing is left. */
    CompletableFuture<Void> close() {
        closed = true;
        List<RegistrationKeeper> all = List.copyOf(keepers.values());
        all.forEach(keeper -> keeper.drop(closedFailure()));
        return CompletableFuture.allOf(
                all.stream().map(RegistrationKeeper::withdraw).toArray(CompletableFuture<?>[]::new));
    }

    private void requireOpen() {
        if (closed) {
            throw closedFailure();
        }
    }

    private static CoordinationClosedException closedFailure() {
        return new CoordinationClosedException("the service registry is closed: open a new coordinator or module");
    }
}
