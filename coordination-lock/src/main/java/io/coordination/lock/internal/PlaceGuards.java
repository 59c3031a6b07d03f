package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import io.coordination.lock.GuardedWrite;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.Txn.Compare;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The guarded writes of one place, and how many of them may still be applied. While there is one, the place must not go to the
 * next local hold, nor be opened to readers: a late copy would pass for a write of that hold, or change what they read. A write
 * counts itself in before it looks whether the lock is held, so whoever ends the hold first and counts then misses none.
 *
 * <p>All handles of one hold write through the same guard, so their writes have one order. Thread-safe; nothing blocks.
 */
final class PlaceGuards {

    private final Environment env;
    private final String lock;
    private final Compare key;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicReference<@Nullable HoldGuard> current = new AtomicReference<>();

    /**
     * Guards of a place that is owned.
     *
     * @param lock the name of the lock, for messages
     * @param key holds while the queue key of the lock is the one that was made for this place
     */
    PlaceGuards(Environment env, String lock, Compare key) {
        this.env = env;
        this.lock = lock;
        this.key = key;
    }

    /** Whether no write under this place can be applied any more. */
    boolean isQuiet() {
        return underWay.get() == 0;
    }

    /**
     * Sends a write when those of the same hold before it are over.
     *
     * @param token the fencing token of the hold
     * @param requireHeld throws when the handle is not held
     * @return the revision of the write; completing it has no effect on the write
     */
    CompletableFuture<Long> write(long token, GuardedWrite write, Runnable requireHeld) {
        requireKeysOfUsers(write);
        underWay.incrementAndGet();
        try {
            requireHeld.run();
        } catch (CoordinationException e) {
            underWay.decrementAndGet();
            throw e;
        }
        // Counted out before the caller hears of it and lets the lock go, and also when he does not wait for it.
        CompletableFuture<Long> counted = of(token).write(write).whenComplete((revision, failure) -> {
            // One whose outcome stays unknown counts for ever.
            if (failure == null || !isUnknown(failure)) {
                underWay.decrementAndGet();
            }
        });
        return counted.copy();
    }

    private static boolean isUnknown(Throwable failure) {
        return Blocking.failure(failure, "a guarded write").outcomeUnknown();
    }

    /** The guard of a hold that is held and counted in, so no other hold can have the place meanwhile. */
    private HoldGuard of(long token) {
        HoldGuard known = current.get();
        while (known == null || known.token() != token) {
            HoldGuard made = new HoldGuard(env, new HoldGuard.Proof(lock, token, key));
            known = current.compareAndSet(known, made) ? made : current.get();
        }
        return known;
    }

    private void requireKeysOfUsers(GuardedWrite write) {
        String own = env.keys().namespacePrefix();
        write.puts().keySet().forEach(name -> requireKeyOfUser(own, name));
        write.deletes().forEach(name -> requireKeyOfUser(own, name));
    }

    private static void requireKeyOfUser(String own, String name) {
        if (name.startsWith(own)) {
            throw Checks.invalid("key", name, "keys that begin with " + own + " are the SDK's own, use another prefix");
        }
    }
}
