package io.coordination.lock.internal;

import io.coordination.CoordinationCancelledException;
import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.ErrorCode;
import io.coordination.internal.Checks;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.DistributedMultiLock;
import io.coordination.lock.DistributedReadWriteLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.LockTask;
import io.coordination.lock.LockTemplate;
import io.coordination.lock.StripedLocks;
import io.coordination.lock.admin.LockAdmin;
import io.coordination.lock.election.LeaderElection;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.job.JobLock;
import io.coordination.lock.job.JobOptions;
import io.coordination.lock.synchronizer.DistributedBarrier;
import io.coordination.lock.synchronizer.DistributedCounter;
import io.coordination.lock.synchronizer.DistributedLatch;
import io.coordination.lock.synchronizer.DistributedSemaphore;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Locks as queues of leased keys. Thread-safe. */
public final class QueueLocks implements DistributedLock {

    private static final int MAX_STRIPES = 65_536;

    // Far longer than a thread needs from closing a lock to acquiring it, far shorter than a write to the server takes.
    private static final Duration LINGER = Duration.ofNanos(200_000);

    // The last party of a barrier names all others in one transaction, and servers limit those.
    private static final int MAX_PARTIES = 100;

    private final Environment env;
    private final LockSessions sessions;
    private final Primitives primitives;
    private final Claims claims;
    private final Watchdogs watchdogs;
    private final Map<String, LockQueue> queues = new ConcurrentHashMap<>();
    private final long lingerNanos;
    private volatile boolean closed;

    /** Locks on sessions of their own. */
    public QueueLocks(Environment env, Sessions sessions) {
        this(env, sessions, LINGER);
    }

    /**
     * Locks on sessions of their own.
     *
     * @param linger how long a lock that was closed waits for the next request of this process; zero for not at all
     */
    QueueLocks(Environment env, Sessions sessions, Duration linger) {
        this(env, new LockSessions(env, sessions), linger.toNanos());
    }

    private QueueLocks(Environment env, LockSessions sessions, long lingerNanos) {
        this.env = env;
        this.sessions = sessions;
        this.lingerNanos = lingerNanos;
        this.primitives = new Primitives(env, sessions);
        this.claims = new Claims(env, sessions);
        this.watchdogs = new Watchdogs(env);
    }

    /** Locks with the names of a module, on the same sessions. */
    public QueueLocks ofModule(Environment module) {
        return new QueueLocks(module, sessions, lingerNanos);
    }

    @Override
    public LockAdmin admin() {
        return new QueueAdmin(env, () -> closed);
    }

    @Override
    public LockHandle acquire(String key, Duration ttl) throws InterruptedException {
        return acquire(key, LockOptions.ofTtl(ttl));
    }

    @Override
    public LockHandle acquire(String key, LockOptions options) throws InterruptedException {
        return acquire(key, options, PlaceMode.EXCLUSIVE);
    }

    LockHandle acquire(String key, LockOptions options, PlaceMode mode) throws InterruptedException {
        return await(blocking(key, options, acquireMode(options), mode)).orElseThrow(() -> heldByOthers(key));
    }

    @Override
    public Optional<LockHandle> tryAcquire(String key, Duration ttl) {
        return tryOnce(key, LockOptions.ofTtl(ttl), PlaceMode.EXCLUSIVE);
    }

    Optional<LockHandle> tryOnce(String key, LockOptions options, PlaceMode mode) {
        Request request = submitted(key, options, Request.Mode.TRY_ONCE, mode);
        try {
            return await(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinationCancelledException("trying lock '" + key + "' was interrupted; nothing is held", e);
        }
    }

    @Override
    public Optional<LockHandle> tryAcquire(String key, LockOptions options) throws InterruptedException {
        return tryAcquire(key, options, PlaceMode.EXCLUSIVE);
    }

    Optional<LockHandle> tryAcquire(String key, LockOptions options, PlaceMode mode) throws InterruptedException {
        return await(blocking(key, options, tryMode(options), mode));
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(String key, LockOptions options) {
        return acquireAsync(key, options, PlaceMode.EXCLUSIVE);
    }

    CompletableFuture<LockHandle> acquireAsync(String key, LockOptions options, PlaceMode mode) {
        return async(
                key,
                () -> submitted(key, options, acquireMode(options), mode),
                hold -> hold.orElseThrow(() -> heldByOthers(key)));
    }

    @Override
    public CompletableFuture<Optional<LockHandle>> tryAcquireAsync(String key, LockOptions options) {
        return tryAcquireAsync(key, options, PlaceMode.EXCLUSIVE);
    }

    CompletableFuture<Optional<LockHandle>> tryAcquireAsync(String key, LockOptions options, PlaceMode mode) {
        return async(key, () -> submitted(key, options, tryMode(options), mode), hold -> hold.map(h -> h));
    }

    @Override
    public DistributedReadWriteLock readWrite(String key) {
        return ReadWriteLock.of(this, key);
    }

    @Override
    public <T, X extends Exception> T withLock(String key, LockOptions options, LockTask<T, X> task)
            throws X, InterruptedException {
        Checks.notNull("task", task);
        return LockedTask.run(acquire(key, options), task);
    }

    @Override
    public Lock asLock(String key, LockOptions options) {
        return new ThreadLock(
                new LockInMode(this, Checks.name("key", key), PlaceMode.EXCLUSIVE), Checks.notNull("options", options));
    }

    @Override
    public java.util.concurrent.locks.ReadWriteLock asReadWriteLock(String key, LockOptions options) {
        return ThreadReadWriteLock.of(readWrite(key), Checks.notNull("options", options));
    }

    @Override
    public LockTemplate template(String pattern, LockOptions options) {
        return new PatternLocks(this, KeyPattern.parse(pattern), Checks.notNull("options", options));
    }

    @Override
    public JobLock job(String name, JobOptions options) {
        return new ScheduledJob(env, this, Checks.name("name", name), Checks.notNull("options", options));
    }

    @Override
    public StripedLocks striped(String name, int stripes, LockOptions options) {
        return new Stripes(
                this,
                env.time(),
                Checks.name("name", name),
                Checks.between("stripes", stripes, 1, MAX_STRIPES),
                Checks.notNull("options", options));
    }

    @Override
    public DistributedLatch latch(String name) {
        return primitives.latch(Checks.name("name", name));
    }

    @Override
    public DistributedBarrier barrier(String name, int parties) {
        return barrier(name, parties, LockOptions.defaults().ttl());
    }

    @Override
    public DistributedBarrier barrier(String name, int parties, Duration ttl) {
        return primitives.barrier(
                Checks.name("name", name), Checks.between("parties", parties, 1, MAX_PARTIES), Checks.ttl("ttl", ttl));
    }

    @Override
    public DistributedCounter counter(String name) {
        return primitives.counter(Checks.name("name", name));
    }

    @Override
    public LeaderElection election(String name) {
        return new QueueElection(claims, name);
    }

    @Override
    public DistributedSemaphore semaphore(String key, int permits) {
        return new QueueSemaphore(claims, key, permits);
    }

    @Override
    public DistributedMultiLock multi(Collection<String> keys) {
        return new QueueMultiLock(claims, keys);
    }

    @Override
    public Watchdogs watchdogs() {
        return watchdogs;
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

    private Request submitted(String key, LockOptions options, Request.Mode patience, PlaceMode mode) {
        Request request = request(key, options, patience, mode);
        begin(request);
        return request;
    }

    /** A request of a thread that waits for the answer. */
    private Request blocking(String key, LockOptions options, Request.Mode patience, PlaceMode mode) {
        Request request = request(key, options, patience, mode);
        request.waitedForBy(Thread.currentThread());
        begin(request);
        return request;
    }

    private static Request request(String key, LockOptions options, Request.Mode patience, PlaceMode mode) {
        Checks.name("key", key);
        Checks.notNull("options", options);
        if (mode.equals(PlaceMode.SHARED) && options.fixedTtl()) {
            throw Checks.invalid("fixedTtl", true, "readers share a lease, so their locks cannot have a fixed TTL");
        }
        return new Request(key, options, patience, mode);
    }

    private void begin(Request request) {
        LockOptions options = request.options();
        Optional<Duration> limit =
                request.triesOnce() ? Optional.of(env.options().requestTimeout()) : options.waitTime();
        limit.ifPresent(time -> request.limit(env.time(), time, () -> withdraw(request)));
        sessions.deadlocks().watch(request, new Locator());
        submit(request);
    }

    /** Finds requests in their queues. */
    private final class Locator implements Whereabouts.Locator {

        @Override
        public void locate(Request request, Whereabouts.Told told) {
            LockQueue queue = queues.get(request.name());
            if (queue == null) {
                told.waitsAt(null);
            } else {
                queue.locate(request, told);
            }
        }

        @Override
        public void withdrawn(Request request) {
            withdraw(request);
        }
    }

    /** Brings a request to the queue of its lock. */
    void submit(Request request) {
        if (closed) {
            request.fail(new CoordinationClosedException("the coordinator is closed"));
            return;
        }
        queues.computeIfAbsent(request.name(), name -> new LockQueue(this, name))
                .submit(request);
        if (closed) {
            closeAsync();
        }
    }

    /** Brings a request on that came to a queue which takes none any more. */
    void submitAgain(LockQueue finished, Request request) {
        forget(request.name(), finished);
        submit(request);
    }

    /** The locks that stay here although nobody holds them. */
    RetainedLocks retained() {
        return sessions.retained();
    }

    /** How many more locks may be watched only because they are held for long. */
    Semaphore watchedHolds() {
        return sessions.watchedHolds();
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

    Environment env() {
        return env;
    }

    long lingerNanos() {
        return lingerNanos;
    }

    LockSessions sessions() {
        return sessions;
    }

    /** Who looks for deadlocks. */
    DeadlockDetection deadlocks() {
        return sessions.deadlocks();
    }

    /** What is not a queue. */
    Primitives primitives() {
        return primitives;
    }

    /** How many locks have something going on here. */
    int queuesInUse() {
        return queues.size();
    }

    /** How many of them are merely held. */
    long queuesAtRest() {
        return queues.values().stream().filter(LockQueue::isAtRest).count();
    }

    /** How many claims may have keys here. */
    int claimsInUse() {
        return claims.inUse();
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
            String key, Supplier<Request> submission, Function<Optional<Hold>, T> result) {
        Request request;
        try {
            request = submission.get();
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
        return CompletableFuture.allOf(Stream.concat(
                        Stream.of(primitives.closeAsync(), claims.closeAsync()),
                        queues.values().stream().map(LockQueue::close))
                .toArray(CompletableFuture<?>[]::new));
    }
}
