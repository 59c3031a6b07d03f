package io.coordination.lock.internal;

import io.coordination.internal.Checks;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.synchronizer.DistributedSemaphore;
import io.coordination.lock.synchronizer.PermitHolder;
import io.coordination.lock.synchronizer.Permits;
import io.coordination.store.Blocking;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A semaphore in the queue of the lock of its name: each acquire is a key that says how many permits it takes. Thread-safe. */
final class QueueSemaphore implements DistributedSemaphore {

    private final Claims claims;
    private final Environment env;
    private final String name;
    private final QueueKeys queue;
    private final SemaphoreLimit limit;

    QueueSemaphore(Claims claims, String key, int permits) {
        this.claims = claims;
        this.env = claims.env();
        this.name = Checks.name("key", key);
        this.queue = new QueueKeys(env.keys().lockPrefix(name));
        this.limit =
                new SemaphoreLimit(env, queue, name, Checks.between("permits", permits, 1, PlaceMode.MOST_PERMITS));
    }

    @Override
    public String key() {
        return name;
    }

    // ---- acquiring

    @Override
    public Permits acquire(int permits) throws InterruptedException {
        return acquire(permits, HoldOptions.defaults());
    }

    @Override
    public Permits acquire(int permits, HoldOptions options) throws InterruptedException {
        Wanted wanted = wanted(permits, options, ClaimWish.acquiring(waitTime(options)));
        return GrantCalls.await(wanted.request())
                .map(wanted::held)
                .orElseThrow(wanted.request().wish()::refusal);
    }

    @Override
    public Optional<Permits> tryAcquire(int permits) {
        Wanted wanted = wanted(permits, HoldOptions.defaults(), ClaimWish.Mode.TRY_ONCE);
        return GrantCalls.awaitOnce(wanted.request()).map(wanted::held);
    }

    @Override
    public Optional<Permits> tryAcquire(int permits, HoldOptions options) throws InterruptedException {
        Wanted wanted = wanted(permits, options, ClaimWish.trying(waitTime(options)));
        return GrantCalls.await(wanted.request()).map(wanted::held);
    }

    @Override
    public CompletableFuture<Permits> acquireAsync(int permits, HoldOptions options) {
        return Refusals.asFuture(() -> {
            Wanted wanted = wanted(permits, options, ClaimWish.acquiring(waitTime(options)));
            ClaimWish wish = wanted.request().wish();
            return GrantCalls.async(
                    env, wanted.request(), hold -> hold.map(wanted::held).orElseThrow(wish::refusal));
        });
    }

    @Override
    public CompletableFuture<Optional<Permits>> tryAcquireAsync(int permits, HoldOptions options) {
        return Refusals.asFuture(() -> {
            Wanted wanted = wanted(permits, options, ClaimWish.trying(waitTime(options)));
            return GrantCalls.async(env, wanted.request(), hold -> hold.map(wanted::held));
        });
    }

    @Override
    public Optional<Permits> drain(HoldOptions options) {
        Checks.notNull("options", options);
        long began = env.time().nanoTime();
        while (true) {
            int available = available();
            if (available == 0) {
                return Optional.empty();
            }
            Wanted wanted = wanted(available, options, ClaimWish.Mode.TRY_ONCE);
            Optional<Permits> taken = GrantCalls.awaitOnce(wanted.request()).map(wanted::held);
            boolean late = env.time().nanoTime() - began
                    >= env.options().requestTimeout().toNanos();
            if (taken.isPresent() || late) {
                return taken;
            }
        }
    }

    // Null options are refused together with the other arguments.
    private static Optional<Duration> waitTime(@Nullable HoldOptions options) {
        return options == null ? Optional.empty() : options.waitTime();
    }

    /** A request, and the value that its key was last put with. */
    private record Wanted(Environment env, ClaimRequest request, AtomicReference<Membership> value, int permits) {

        Permits held(ClaimHold hold) {
            return new HeldPermits(env, request, hold, Objects.requireNonNull(value.get()), permits);
        }
    }

    private Wanted wanted(int permits, HoldOptions options, ClaimWish.Mode mode) {
        Checks.between("permits", permits, 1, PlaceMode.MOST_PERMITS);
        Checks.notNull("options", options);
        claims.requireOpen();
        AtomicReference<Membership> value = new AtomicReference<>(Membership.of(
                PlaceMode.permits(permits), options.label(), env.time().now()));
        String what = permits + (permits == 1 ? " permit" : " permits") + " of semaphore '" + name + "'";
        ClaimWish wish = new ClaimWish(name, what, mode, options.waitTime(), options.maxHold());
        ClaimRequest request = new ClaimRequest(
                claims,
                wish,
                () -> new ClaimTerms(
                        List.of(queue),
                        new PermitCapacity(limit.known()),
                        permits,
                        options.ttl(),
                        options.fixedTtl(),
                        !wish.triesOnce(),
                        identity -> put(value, identity)));
        request.begin(limit.agree(permits));
        return new Wanted(env, request, value, permits);
    }

    private static Bytes put(AtomicReference<Membership> value, Bytes identity) {
        return value.updateAndGet(made -> made.by(identity)).toBytes();
    }

    // ---- looking

    @Override
    public int available() {
        List<KeyValue> found = look("counting the permits of semaphore '" + name + "'");
        PermitCapacity capacity = new PermitCapacity(limit.known());
        long taken = queue.members(found).stream().mapToLong(capacity::takenBy).sum();
        return (int) Math.max(0, limit.known() - taken);
    }

    @Override
    public int limit() {
        look("reading the limit of semaphore '" + name + "'");
        return (int) limit.known();
    }

    @Override
    public void changeLimit(int newLimit) {
        Checks.between("limit", newLimit, 1, PlaceMode.MOST_PERMITS);
        claims.requireOpen();
        Blocking.await(limit.change(newLimit), "changing the limit of semaphore '" + name + "'");
    }

    @Override
    public List<PermitHolder> holders() {
        List<KeyValue> found = look("listing the holders of semaphore '" + name + "'");
        PermitCapacity capacity = new PermitCapacity(limit.known());
        List<PermitHolder> holders = new ArrayList<>();
        long taken = 0;
        for (KeyValue member : inOrder(found)) {
            taken += capacity.takenBy(member);
            if (taken <= limit.known()) {
                Membership.read(member.value()).ifPresent(value -> holders.add(holder(value, capacity, member)));
            }
        }
        return List.copyOf(holders);
    }

    private List<KeyValue> inOrder(List<KeyValue> found) {
        return queue.members(found).stream()
                .sorted(Comparator.comparingLong(KeyValue::createRevision))
                .toList();
    }

    private static PermitHolder holder(Membership value, PermitCapacity capacity, KeyValue member) {
        return new PermitHolder(
                (int) capacity.takenBy(member),
                value.process(),
                Optional.of(value.o()).filter(label -> !label.isEmpty()),
                value.since());
    }

    private List<KeyValue> look(String operation) {
        claims.requireOpen();
        RangeQuery all = RangeQuery.of(new PermitCapacity(0).range(queue));
        return Blocking.await(
                limit.agree(0).thenCompose(agreed -> env.store().range(all)).thenApply(found -> {
                    limit.seen(found.entries());
                    return found.entries();
                }),
                operation);
    }
}
