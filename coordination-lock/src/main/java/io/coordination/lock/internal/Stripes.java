package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.LockLostException;
import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import io.coordination.lock.DistributedLock;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.lock.StripedHold;
import io.coordination.lock.StripedLocks;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Striped locks, each stripe a lock of its own name. Thread-safe. */
final class Stripes implements StripedLocks {

    private final DistributedLock locks;
    private final TimeSource time;
    private final String name;
    private final int stripes;
    private final LockOptions options;

    Stripes(DistributedLock locks, TimeSource time, String name, int stripes, LockOptions options) {
        this.locks = locks;
        this.time = time;
        this.name = name;
        this.stripes = stripes;
        this.options = options;
        Checks.name("name", keyOf(stripes - 1));
    }

    @Override
    public int stripes() {
        return stripes;
    }

    @Override
    public int stripe(String resource) {
        return (int) Long.remainderUnsigned(Fnv1a.hash(Checks.name("resource", resource)), stripes);
    }

    @Override
    public String key(String resource) {
        return keyOf(stripe(resource));
    }

    private String keyOf(int stripe) {
        return name + "/" + stripes + "/" + stripe;
    }

    @Override
    public LockHandle acquire(String resource) throws InterruptedException {
        return locks.acquire(key(resource), options);
    }

    @Override
    public Optional<LockHandle> tryAcquire(String resource) throws InterruptedException {
        return locks.tryAcquire(key(resource), options);
    }

    @Override
    public StripedHold acquireAll(Collection<String> resources) throws InterruptedException {
        return taken(resources, options.waitTime(), (key, left) -> locks.acquire(key, within(left)))
                .orElseThrow(this::late);
    }

    private CoordinationTimeoutException late() {
        return new CoordinationTimeoutException("stripes of '" + name + "' were not acquired within waitTime "
                + options.waitTime().map(Durations::text).orElse("without limit") + ": others hold one");
    }

    @Override
    public Optional<StripedHold> tryAcquireAll(Collection<String> resources) throws InterruptedException {
        Duration limit = options.waitTime().orElse(Duration.ZERO);
        return taken(
                resources,
                Optional.of(limit),
                (key, left) -> locks.tryAcquire(key, within(left)).orElse(null));
    }

    private LockOptions within(Optional<Duration> left) {
        return left.map(time -> options.toBuilder().waitTime(time).build()).orElse(options);
    }

    /** Takes one stripe within the time that is left; null when it cannot be had. */
    private interface Taking {
        @Nullable
        LockHandle take(String key, Optional<Duration> left) throws InterruptedException;
    }

    private Optional<StripedHold> taken(Collection<String> resources, Optional<Duration> limit, Taking taking)
            throws InterruptedException {
        SortedSet<Integer> wanted = wanted(resources);
        long begun = time.nanoTime();
        SortedMap<Integer, LockHandle> held = new TreeMap<>();
        boolean complete = false;
        try {
            for (int stripe : wanted) {
                LockHandle handle = taking.take(keyOf(stripe), limit.map(all -> left(all, begun)));
                if (handle == null) {
                    return Optional.empty();
                }
                held.put(stripe, handle);
            }
            requireHeld(held.values());
            complete = true;
            return Optional.of(new Hold(held));
        } finally {
            if (!complete) {
                held.values().forEach(LockHandle::close);
            }
        }
    }

    private Duration left(Duration all, long begun) {
        Duration left = all.minusNanos(time.nanoTime() - begun);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private SortedSet<Integer> wanted(Collection<String> resources) {
        SortedSet<Integer> wanted = new TreeSet<>();
        for (String resource : Checks.notNull("resources", resources)) {
            wanted.add(stripe(resource));
        }
        if (wanted.isEmpty()) {
            throw Checks.invalid("resources", "[]", "name at least one");
        }
        return wanted;
    }

    private void requireHeld(Collection<LockHandle> handles) {
        for (LockHandle handle : handles) {
            if (!handle.isHeld()) {
                throw new LockLostException(
                        "stripe '" + handle.key() + "' was lost while the others were waited for: acquire them again");
            }
        }
    }

    /** The stripes that one call took. */
    private final class Hold implements StripedHold {

        private final SortedMap<Integer, LockHandle> held;

        Hold(SortedMap<Integer, LockHandle> held) {
            this.held = held;
        }

        @Override
        public SortedSet<Integer> stripes() {
            return Collections.unmodifiableSortedSet(new TreeSet<>(held.keySet()));
        }

        @Override
        public long fencingToken(String resource) {
            LockHandle handle = held.get(stripe(resource));
            if (handle == null) {
                throw Checks.invalid("resource", resource, "its stripe is not among those that are held");
            }
            return handle.fencingToken();
        }

        @Override
        public boolean isHeld() {
            return held.values().stream().allMatch(LockHandle::isHeld);
        }

        @Override
        public Duration remaining() {
            return held.values().stream()
                    .map(LockHandle::remaining)
                    .min(Duration::compareTo)
                    .orElse(Duration.ZERO);
        }

        @Override
        public boolean unlock() {
            boolean all = true;
            CoordinationException failure = null;
            for (LockHandle handle : List.copyOf(held.values())) {
                try {
                    all &= handle.unlock();
                } catch (CoordinationException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
            return all;
        }

        @Override
        public void close() {
            held.values().forEach(LockHandle::close);
        }
    }
}
