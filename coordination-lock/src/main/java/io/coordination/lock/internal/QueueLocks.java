package io.coordination.lock.internal;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.internal.Checks;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Locks as queues of leased keys. Thread-safe. */
public final class QueueLocks implements DistributedLock {

    private final Environment env;
    private final LockSessions sessions;
    private final Map<String, LockQueue> queues = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Locks on sessions of their own. */
    public QueueLocks(Environment env, Sessions sessions) {
        this(env, new LockSessions(env, sessions));
    }

    private QueueLocks(Environment env, LockSessions sessions) {
        this.env = env;
        this.sessions = sessions;
    }

    /** Locks with the names of a module, on the same sessions. */
    public QueueLocks ofModule(Environment module) {
        return new QueueLocks(module, sessions);
    }

    @Override
    public LockHandle acquire(String key, Duration ttl) throws InterruptedException {
        return acquire(key, LockOptions.ofTtl(ttl));
    }

    @Override
    public LockHandle acquire(String key, LockOptions options) throws InterruptedException {
        return await(submitted(key, options, acquireMode(options))).orElseThrow(() -> heldByOthers(key));
    }

    @Override
    public Optional<LockHandle> tryAcquire(String key, Duration ttl) {
        Request request = submitted(key, LockOptions.ofTtl(ttl), Request.Mode.TRY_ONCE);
        try {
            return await(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationCancelledException("trying lock '" + key + "' was interrupted; nothing is held", e);
        }
    }

    @Override
    public Optional<LockHandle> tryAcquire(String key, LockOptions options) throws InterruptedException {
        return await(submitted(key, options, tryMode(options)));
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(String key, LockOptions options) {
        return async(key, options, acquireMode(options), hold -> hold.orElseThrow(() -> heldByOthers(key)));
    }

    @Override
    public CompletableFuture<Optional<LockHandle>> tryAcquireAsync(String key, LockOptions options) {
        return async(key, options, tryMode(options), hold -> hold.map(h -> h));
    }

    // Null options are refused together with the other arguments.
    private static Request.Mode tryMode(@Nullable LockOptions options) {
        boolean waits = options != null
                && options.waitTime().filter(time -> !time.isZero()).isPresent();
        return waits ? Request.Mode.TRY_FOR_A_WHILE : Request.Mode.TRY_ONCE;
    }

    private static Request.Mode acquireMode(@Nullable LockOptions options) {
        boolean once =
                options != null && options.waitTime().filter(Duration::isZero).isPresent();
        return once ? Request.Mode.TRY_ONCE : Request.Mode.ACQUIRE;
    }

    private static CoordinationTimeoutException heldByOthers(String key) {
        return new CoordinationTimeoutException(
                "lock '" + key + "' was not acquired, because its waitTime is zero and others hold it");
    }

    private Request submitted(String key, LockOptions options, Request.Mode mode) {
        Checks.name("key", key);
        Checks.notNull("options", options);
        Request request = new Request(key, options, mode);
        Optional<Duration> limit =
                request.triesOnce() ? Optional.of(env.options().requestTimeout()) : options.waitTime();
        limit.ifPresent(time -> request.limit(env.time(), time, () -> withdraw(request)));
        submit(request);
        return request;
    }

    /** Brings a request to the queue of its lock. */
    void submit(Request request) {
        if (closed) {
            request.fail(new CoordinationClosedException("the coordinator is closed"));
            return;
        }
        queues.computeIfAbsent(request.name(), name -> new LockQueue(this, name, env, sessions))
                .submit(request);
        if (closed) {
            closeAsync();
        }
    }

    private void withdraw(Request request) {
        LockQueue queue = queues.get(request.name());
        if (queue != null) {
            queue.withdrawn(request);
        }
    }

    /** A queue has nothing left to do. */
    void forget(String name, LockQueue queue) {
        queues.remove(name, queue);
    }

    /** How many locks have something going on here. */
    int queuesInUse() {
        return queues.size();
    }

    private Optional<LockHandle> await(Request request) throws InterruptedException {
        try {
            return request.answer().get().map(hold -> hold);
        } catch (InterruptedException e) {
            if (request.cancel()) {
                withdraw(request);
            } else {
                request.answer().thenAccept(granted -> granted.ifPresent(LockHandle::close));
            }
            throw e;
        } catch (ExecutionException e) {
            throw Blocking.failure(e, "acquiring lock '" + request.name() + "'");
        }
    }

    private <T> CompletableFuture<T> async(
            String key, LockOptions options, Request.Mode mode, Function<Optional<Hold>, T> result) {
        Request request;
        try {
            request = submitted(key, options, mode);
        } catch (CoordinationException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        CompletableFuture<T> mine = new CompletableFuture<>();
        request.answer().whenComplete((hold, failure) -> {
            Optional<Hold> granted = failure == null ? hold : Optional.empty();
            try {
                env.callbacks().execute(() -> deliver(mine, key, granted, failure, result));
            } catch (RejectedExecutionException e) {
                deliver(mine, key, granted, failure == null ? refusedWork(key, e) : failure, result);
            }
        });
        // Whoever completes the future from outside leaves the queue.
        mine.whenComplete((done, failure) -> {
            if (request.cancel()) {
                withdraw(request);
            }
        });
        return mine;
    }

    private static <T> void deliver(
            CompletableFuture<T> mine,
            String key,
            Optional<Hold> granted,
            @Nullable Throwable failure,
            Function<Optional<Hold>, T> result) {
        boolean taken = false;
        if (failure != null) {
            mine.completeExceptionally(Blocking.failure(failure, "acquiring lock '" + key + "'"));
        } else {
            try {
                taken = mine.complete(result.apply(granted));
            } catch (CoordinationException e) {
                mine.completeExceptionally(e);
            }
        }
        if (!taken) {
            granted.ifPresent(Hold::close);
        }
    }

    private CoordinationException refusedWork(String key, RejectedExecutionException cause) {
        env.log().atError().setCause(cause).addKeyValue("lock", key).log("The callback executor refuses work");
        return CoordinationException.of(
                ErrorCode.INVALID_STATE,
                "lock '" + key + "' cannot be given out, because the callback executor refuses work",
                cause);
    }

    /**
     * Releases what is held and ends what waits; keys with a TTL of their own stay until it has passed.
     *
     * @return completes when every other key is certainly gone
     */
    public CompletableFuture<Void> closeAsync() {
        closed = true;
        return CompletableFuture.allOf(
                queues.values().stream().map(LockQueue::close).toArray(CompletableFuture<?>[]::new));
    }
}
