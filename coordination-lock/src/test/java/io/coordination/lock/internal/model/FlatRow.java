package io.coordination.lock.internal.model;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A row of numbers that is worked out once for a renaming, because most steps leave most parts of a state alone. */
final class FlatRow {

    private @Nullable Renaming renaming;
    private long[] row = {};

    long[] of(Renaming with, Function<Renaming, long[]> make) {
        if (!with.equals(renaming)) {
            row = make.apply(with);
            renaming = with;
        }
        return row;
    }

    void copy(FlatRow other) {
        renaming = other.renaming;
        row = other.row;
    }

    void forget() {
        renaming = null;
    }
}
