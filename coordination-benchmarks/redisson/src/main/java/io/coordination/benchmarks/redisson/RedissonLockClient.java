package io.coordination.benchmarks.redisson;

import io.coordination.benchmarks.LockClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** {@link LockClient} on Redisson with the default options but for the time that its watchdog gives a lock. */
final class RedissonLockClient implements LockClient, LockClient.ReadWrite {

    private final RedissonClient redisson;
    private final BiFunction<RedissonClient, String, RLock> kind;

    // Redisson takes a number for the owner; those of threads are small.
    private final AtomicLong owners = new AtomicLong(1L << 32);

    RedissonLockClient(String address, Duration ttl, BiFunction<RedissonClient, String, RLock> kind) {
        Config config = new Config();
        config.useSingleServer().setAddress(address);
        config.setLockWatchdogTimeout(ttl.toMillis());
        this.redisson = Redisson.create(config);
        this.kind = kind;
    }

    @Override
    public Held acquire(String lock) {
        return acquired(kind.apply(redisson, lock));
    }

    @Override
    public Held read(String lock) {
        return acquired(redisson.getReadWriteLock("read-write-" + lock).readLock());
    }

    @Override
    public Held write(String lock) {
        return acquired(redisson.getReadWriteLock("read-write-" + lock).writeLock());
    }

    private static Held acquired(RLock lock) {
        lock.lock();
        return lock::unlock;
    }

    @Override
    public CompletableFuture<?> cycle(String lock) {
        long owner = owners.incrementAndGet();
        RLock mine = kind.apply(redisson, lock);
        return mine.lockAsync(owner)
                .thenCompose(locked -> mine.unlockAsync(owner))
                .toCompletableFuture();
    }

    @Override
    public void close() {
        redisson.shutdown();
    }
}
