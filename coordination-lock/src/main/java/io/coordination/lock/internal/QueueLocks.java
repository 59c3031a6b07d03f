package io.coordination.lock.internal;

import io.coordination.CoordinationClosedException;
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
import io.coordination.store.Environment;
import io.coordination.store.session.Sessions;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;

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

    Environment env() {
        return env;
    }

    @Override
    public LockAdmin admin() {
        return new QueueAdmin(env, () -> closed);
    }

    @Override
    public LockHandle acquire(String key, Duration ttl) throws InterruptedException {
        return exclusive(key).acquire(ttl);
    }

    @Override
    public LockHandle acquire(String key, LockOptions options) throws InterruptedException {
        return exclusive(key).acquire(options);
    }

    @Override
    public Optional<LockHandle> tryAcquire(String key, Duration ttl) {
        return exclusive(key).tryAcquire(ttl);
    }

    @Override
    public Optional<LockHandle> tryAcquire(String key, LockOptions options) throws InterruptedException {
        return exclusive(key).tryAcquire(options);
    }

    @Override
    public CompletableFuture<LockHandle> acquireAsync(String key, LockOptions options) {
        return exclusive(key).acquireAsync(options);
    }

    @Override
    public CompletableFuture<Optional<LockHandle>> tryAcquireAsync(String key, LockOptions options) {
        return exclusive(key).tryAcquireAsync(options);
    }

    private LockInMode exclusive(String key) {
        return new LockInMode(this, key, PlaceMode.EXCLUSIVE);
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
        return new ThreadLock(exclusive(Checks.name("key", key)), Checks.notNull("options", options));
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

    /** Brings a request to the queue of its lock, for as long as it may wait. */
    void begin(Request request) {
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

    /** A request has ended by itself. */
    void withdraw(Request request) {
        LockQueue queue = queues.get(request.name());
        if (queue != null) {
            queue.withdrawn(request);
        }
    }

    /** A queue has nothing left to do. */
    void forget(String name, LockQueue queue) {
        queues.remove(name, queue);
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
