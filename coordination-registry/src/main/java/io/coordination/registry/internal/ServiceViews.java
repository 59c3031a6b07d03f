package io.coordination.registry.internal;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.internal.Durations;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.ShieldedInstrumentation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The views of all services that somebody asked for, each opened once and kept. Thread-safe; nothing blocks. */
final class ServiceViews implements AutoCloseable {

    /** How long a write of ours waits for our own view to show it; a view that is behind is not worth more. */
    private static final Duration CATCH_UP = Duration.ofSeconds(1);

    private final Environment env;
    private final Instrumentation.Mirrors observer;
    private final ConcurrentMap<String, ServiceView> views = new ConcurrentHashMap<>();
    private volatile boolean closed;

    ServiceViews(Environment env) {
        this.env = env;
        this.observer =
                ShieldedInstrumentation.of(env.options().instrumentation()).mirrors("services");
    }

    /**
     * The view of a service, opened by the first call.
     *
     * @throws CoordinationClosedException after the close
     */
    ServiceView of(String service) {
        ServiceView view = views.get(service);
        if (view == null && !closed) {
            view = views.computeIfAbsent(service, name -> new ServiceView(env, name, observer));
        }
        if (view == null || closed) {
            close();
            throw closedFailure(service);
        }
        return view;
    }

    /** What the view shows now, if it was read before. */
    Optional<List<ServiceInfo>> known(String service) {
        return of(service).current().map(Instances::list);
    }

    /** The instances of a service: from the view, or from the server where the view is new. */
    CompletableFuture<List<ServiceInfo>> read(String service) {
        CompletableFuture<List<ServiceInfo>> read = of(service).ready().thenApply(Instances::list);
        return Deadlines.within(env.time(), env.options().requestTimeout(), read, () -> timeout(service))
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explained(service, failure)));
    }

    /** Completes, whatever happens, once our view of a service shows a revision, or need not. */
    CompletableFuture<Void> caughtUp(String service, long revision) {
        ServiceView view = views.get(service);
        if (view == null || revision == 0) {
            return CompletableFuture.allOf();
        }
        return Deadlines.within(env.time(), CATCH_UP, view.caughtUp(revision), () -> timeout(service))
                .exceptionally(behind -> null);
    }

    @Override
    public void close() {
        closed = true;
        views.values().forEach(ServiceView::close);
    }

    private CoordinationTimeoutException timeout(String service) {
        return new CoordinationTimeoutException("discovering service '" + service
                + "' had no answer within the request timeout of "
                + Durations.text(env.options().requestTimeout()));
    }

    private static Throwable explained(String service, Throwable failure) {
        Throwable cause = Blocking.cause(failure);
        return cause instanceof CoordinationException e && e.code() == ErrorCode.CLOSED
                ? closedFailure(service)
                : cause;
    }

    private static CoordinationClosedException closedFailure(String service) {
        return new CoordinationClosedException(
                "service '" + service + "' cannot be discovered: the coordinator is closed, open a new one");
    }
}
