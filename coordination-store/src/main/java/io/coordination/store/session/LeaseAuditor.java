package io.coordination.store.session;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares once a TTL the keys that the server has on a lease with those that the recipe knows: the net under the watches,
 * which servers have been known to leave without an event, and under our own mistakes.
 *
 * <p>Nothing is decided by the list of keys alone, which may be older than what the recipe knows: a missed key is read
 * once more, and one that nobody knows is deleted only as the entry that was read. Confined to the executor of its session.
 */
final class LeaseAuditor {

    private static final Logger log = LoggerFactory.getLogger(LeaseAuditor.class);

    /** What one audit looks into; if there is more, the next one goes on. */
    private static final int MOST = 100;

    private final Environment env;
    private final long lease;
    private final Duration ttl;
    private final Executor serial;
    private final SessionObserver observer;
    private final Runnable onLeaseGone;
    private final KeyRange sessionKeys;
    private @Nullable LeaseAudit audit;
    private TimeSource.@Nullable Timer next;
    private volatile boolean closed;

    /**
     * An auditor without a recipe.
     *
     * @param onLeaseGone the server does not know the lease any more
     */
    LeaseAuditor(
            Environment env,
            long lease,
            Duration ttl,
            Executor serial,
            SessionObserver observer,
            Runnable onLeaseGone) {
        this.env = env;
        this.lease = lease;
        this.ttl = ttl;
        this.serial = serial;
        this.observer = observer;
        this.onLeaseGone = onLeaseGone;
        this.sessionKeys = env.keys().sessionRange(lease);
    }

    void begin(LeaseAudit recipe) {
        if (audit == null && !closed) {
            audit = recipe;
            schedule(recipe);
        }
    }

    void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }

    private void schedule(LeaseAudit recipe) {
        if (!closed) {
            long jitter = ThreadLocalRandom.current().nextLong(ttl.toNanos() / 10);
            next = env.time().schedule(ttl.plusNanos(jitter), () -> serial.execute(() -> run(recipe)));
        }
    }

    private void run(LeaseAudit recipe) {
        if (closed) {
            return;
        }
        Set<String> believed = recipe.believed(); // before the question: what is put meanwhile is not missing
        env.store()
                .leaseKeys(lease)
                .whenComplete((keys, failure) -> serial.execute(() -> {
                    if (closed) {
                        return;
                    }
                    if (failure == null) {
                        compare(recipe, believed, Set.copyOf(keys));
                    } else {
                        failed(Blocking.cause(failure));
                    }
                    schedule(recipe);
                }));
    }

    private void failed(Throwable failure) {
        if (failure instanceof CoordinationException e && e.code() == ErrorCode.NOT_FOUND) {
            onLeaseGone.run();
        }
        log.atDebug()
                .setCause(failure)
                .addKeyValue("lease", Keys.leaseSegment(lease))
                .log("The keys of a lease could not be compared");
    }

    private void compare(LeaseAudit recipe, Set<String> believed, Set<String> present) {
        Stream<String> missed = believed.stream().filter(key -> !present.contains(key));
        Stream<String> unknown = present.stream().filter(key -> !sessionKeys.contains(key) && !recipe.knows(key));
        List<CompletableFuture<Boolean>> missing =
                each(missed, key -> read(key).thenApply(found -> !closed && recipe.missing(key, found)));
        List<CompletableFuture<Boolean>> leftover =
                each(unknown, key -> read(key).thenCompose(found -> remove(recipe, found)));
        CompletableFuture.allOf(
                        Stream.of(missing, leftover).flatMap(List::stream).toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> report(count(missing), count(leftover)));
    }

    private static List<CompletableFuture<Boolean>> each(
            Stream<String> keys, Function<String, CompletableFuture<Boolean>> look) {
        return keys.limit(MOST)
                .map(key -> look.apply(key).exceptionally(failure -> false))
                .toList();
    }

    private CompletableFuture<Optional<KeyValue>> read(String key) {
        return env.store().range(RangeQuery.key(key)).thenApply(found -> found.first());
    }

    private CompletableFuture<Boolean> remove(LeaseAudit recipe, Optional<KeyValue> found) {
        return found.filter(entry -> !closed && entry.lease() == lease && !recipe.knows(entry.key()))
                .map(entry -> recipe.remove(entry).thenApply(done -> true))
                .orElseGet(() -> CompletableFuture.completedFuture(false));
    }

    private static int count(List<CompletableFuture<Boolean>> looks) {
        return (int) looks.stream().filter(CompletableFuture::join).count();
    }

    private void report(int missing, int leftover) {
        observer.audited(missing, leftover);
        if (missing + leftover > 0) {
            log.atWarn()
                    .addKeyValue("lease", Keys.leaseSegment(lease))
                    .addKeyValue("missing", missing)
                    .addKeyValue("leftover", leftover)
                    .log("The keys of a lease were not those that were expected");
        }
    }
}
