package io.coordination.lock.internal;

import io.coordination.internal.Checks;
import io.coordination.lock.DistributedMultiLock;
import io.coordination.lock.HoldOptions;
import io.coordination.lock.MultiLockHandle;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.store.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Several locks as one claim: a key in each queue, made in one transaction on one lease. Thread-safe. */
final class QueueMultiLock implements DistributedMultiLock {

    /** A transaction has room for 128 operations, and each lock takes a put and a read. */
    static final int MOST = 40;

    private final Claims claims;
    private final Environment env;
    private final List<String> keys;
    private final List<QueueKeys> queues;

    QueueMultiLock(Claims claims, Collection<String> keys) {
        this.claims = claims;
        this.env = claims.env();
        this.keys = checked(keys);
        this.queues = this.keys.stream()
                .map(key -> new QueueKeys(env.keys().lockPrefix(key)))
                .toList();
    }

    private static List<String> checked(Collection<String> keys) {
        List<String> names = new ArrayList<>(Checks.notNull("keys", keys));
        if (names.isEmpty() || names.size() > MOST) {
            throw Checks.invalid("keys", names.size() + " names", "give 1 to " + MOST);
        }
        Set<String> once = new LinkedHashSet<>();
        for (String name : names) {
            if (!once.add(Checks.name("an element of keys", name))) {
                throw Checks.invalid("keys", name, "it comes twice and would wait for itself, name it once");
            }
        }
        return List.copyOf(once);
    }

    @Override
    public List<String> keys() {
        return keys;
    }

    @Override
    public MultiLockHandle acquire(HoldOptions options) throws InterruptedException {
        ClaimRequest request = request(options, ClaimWish.acquiring(waitTime(options)));
        return GrantCalls.await(request).map(this::held).orElseThrow(request.wish()::refusal);
    }

    @Override
    public Optional<MultiLockHandle> tryAcquire(HoldOptions options) throws InterruptedException {
        return GrantCalls.await(request(options, ClaimWish.trying(waitTime(options))))
                .map(this::held);
    }

    @Override
    public CompletableFuture<MultiLockHandle> acquireAsync(HoldOptions options) {
        return Refusals.asFuture(() -> {
            ClaimRequest request = request(options, ClaimWish.acquiring(waitTime(options)));
            return GrantCalls.async(env, request, hold -> hold.map(this::held).orElseThrow(request.wish()::refusal));
        });
    }

    @Override
    public CompletableFuture<Optional<MultiLockHandle>> tryAcquireAsync(HoldOptions options) {
        return Refusals.asFuture(() -> GrantCalls.async(
                env, request(options, ClaimWish.trying(waitTime(options))), hold -> hold.map(this::held)));
    }

    // Null options are refused together with the other arguments.
    private static Optional<Duration> waitTime(@Nullable HoldOptions options) {
        return options == null ? Optional.empty() : options.waitTime();
    }

    private MultiLockHandle held(ClaimHold hold) {
        return new HeldLocks(env, hold, keys);
    }

    private ClaimRequest request(HoldOptions options, ClaimWish.Mode mode) {
        Checks.notNull("options", options);
        claims.requireOpen();
        String names = String.join(", ", keys);
        ClaimWish wish =
                new ClaimWish(names, "multi-lock '" + names + "'", mode, options.waitTime(), options.maxHold());
        Membership value =
                Membership.of(PlaceMode.EXCLUSIVE, options.label(), env.time().now());
        ClaimRequest request = new ClaimRequest(
                claims,
                wish,
                () -> new ClaimTerms(
                        queues,
                        Capacity.ONE_OWNER,
                        1,
                        options.ttl(),
                        options.fixedTtl(),
                        !wish.triesOnce(),
                        identity -> value.by(identity).toBytes()));
        request.begin(CompletableFuture.completedFuture(null));
        return request;
    }
}
