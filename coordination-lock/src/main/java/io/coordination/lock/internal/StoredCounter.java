package io.coordination.lock.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.config.Version;
import io.coordination.internal.Checks;
import io.coordination.lock.synchronizer.CounterValue;
import io.coordination.lock.synchronizer.DistributedCounter;
import io.coordination.store.KeyValue;
import java.util.Optional;
import java.util.OptionalLong;

/** A counter as one key. Thread-safe. */
final class StoredCounter implements DistributedCounter {

    private final Primitives primitives;
    private final String name;
    private final NumberCell cell;

    StoredCounter(Primitives primitives, String name) {
        this.primitives = primitives;
        this.name = name;
        this.cell =
                new NumberCell(primitives.env(), primitives.env().keys().counterKey(name), "counter '" + name + "'");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long get() {
        return read().value();
    }

    @Override
    public CounterValue read() {
        primitives.requireOpen();
        return valueOf(cell.read());
    }

    private CounterValue valueOf(Optional<KeyValue> stored) {
        return new CounterValue(cell.numberOf(stored), versionOf(stored));
    }

    private static long versionOf(Optional<KeyValue> stored) {
        return stored.map(KeyValue::modRevision).orElse(0L);
    }

    @Override
    public long add(long delta) {
        primitives.requireOpen();
        if (delta == 0) {
            return get();
        }
        return cell.change(stored -> OptionalLong.of(sum(cell.numberOf(stored), delta)))
                .number()
                .orElseThrow();
    }

    private long sum(long number, long delta) {
        try {
            return Math.addExact(number, delta);
        } catch (ArithmeticException e) {
            throw new CoordinationException(
                    ErrorCode.INVALID_STATE,
                    "counter '" + name + "' is " + number + " and cannot take " + delta
                            + " more: the sum does not fit into 64 bits",
                    e);
        }
    }

    @Override
    public boolean compareAndSet(long expected, long value) {
        primitives.requireOpen();
        return cell.change(stored -> cell.numberOf(stored) == expected ? OptionalLong.of(value) : OptionalLong.empty())
                .number()
                .isPresent();
    }

    @Override
    public CounterValue set(long value) {
        primitives.requireOpen();
        return new CounterValue(
                value, cell.change(stored -> OptionalLong.of(value)).revision());
    }

    @Override
    public CounterValue set(long value, long expected) {
        Checks.notNegative("expected", expected);
        primitives.requireOpen();
        NumberCell.Outcome outcome =
                cell.change(stored -> versionOf(stored) == expected ? OptionalLong.of(value) : OptionalLong.empty());
        if (outcome.number().isEmpty()) {
            long version = versionOf(outcome.stored());
            throw new ConflictException(
                    "counter '" + name + "' has version " + version + " and not " + expected
                            + ": read it and decide again",
                    new Version(version));
        }
        return new CounterValue(value, outcome.revision());
    }

    @Override
    public boolean delete() {
        primitives.requireOpen();
        return cell.delete();
    }
}
