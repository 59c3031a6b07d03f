package io.coordination.config.internal;

import org.jspecify.annotations.NullUnmarked;

/** The null that callers without a checker pass where none is allowed. */
@NullUnmarked
final class Absent {

    private Absent() {}

    @SuppressWarnings("TypeParameterUnusedInFormals") // it is of every type
    static <T> T value() {
        return null;
    }
}
