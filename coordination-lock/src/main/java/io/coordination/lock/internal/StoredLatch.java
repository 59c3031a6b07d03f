package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.internal.Checks;
import io.coordination.lock.synchronizer.DistributedLatch;
import io.coordination.store.KeyValue;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A latch as one key. Thread-safe. */
final class StoredLatch implements DistributedLatch {

    private final Primitives primitives;
    private final String name;
    private final String what;
    private final String prefix;
    private final String key;
    private final NumberCell cell;

    StoredLatch(Primitives primitives, String name) {
        this.primitives = primitives;
        this.name = name;
        this.what = "latch '" + name + "'";
        this.prefix = primitives.env().keys().latchPrefix(name);
        this.key = prefix + "count";
        this.cell = new NumberCell(primitives.env(), key, what);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean create(long count) {
        if (count < 1) {
            throw Checks.invalid("count", count, "it must be at least 1");
        }
        primitives.requireOpen();
        return cell.change(stored -> stored.isPresent() ? OptionalLong.empty() : OptionalLong.of(count))
                .number()
                .isPresent();
    }

    @Override
    public long count() {
        primitives.requireOpen();
        return required(cell.read());
    }

    @Override
    public long countDown() {
        primitives.requireOpen();
        NumberCell.Outcome outcome = cell.change(stored -> {
            long count = required(stored);
            return count == 0 ? OptionalLong.empty() : OptionalLong.of(count - 1);
        });
        return outcome.number().orElse(0);
    }

    private long required(Optional<KeyValue> stored) {
        if (stored.isEmpty()) {
            throw new CoordinationException(ErrorCode.NOT_FOUND, what + " does not exist: create it first");
        }
        return countOf(stored);
    }

    private long countOf(Optional<KeyValue> stored) {
        long count = cell.numberOf(stored);
        if (count < 0) {
            throw new CoordinationException(
                    ErrorCode.SERIALIZATION_ERROR,
                    what + " has a negative count: somebody else wrote its key; delete it");
        }
        return count;
    }

    private boolean isOpen(Optional<KeyValue> stored) {
        return stored.isPresent() && countOf(stored) == 0;
    }

    @Override
    public void await() throws InterruptedException {
        await(Optional.empty());
    }

    @Override
    public boolean await(Duration waitTime) throws InterruptedException {
        return await(Optional.of(Checks.notNegative("waitTime", waitTime)));
    }

    private boolean await(Optional<Duration> limit) throws InterruptedException {
        primitives.requireOpen();
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before waiting for " + what);
        }
        if (limit.filter(Duration::isZero).isPresent()) {
            return isOpen(cell.read());
        }
        Conditions conditions = primitives.conditions();
        return conditions.await(
                conditions.begin(prefix, state -> isOpen(state.get(key))), limit, "waiting for " + what);
    }

    @Override
    public boolean delete() {
        primitives.requireOpen();
        return cell.delete();
    }
}
