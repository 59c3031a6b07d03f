package io.coordination.config.internal;

import io.coordination.config.TypeRef;
import io.coordination.internal.Checks;
import java.lang.reflect.Type;

/**
 * The type that a caller wants a value as.
 *
 * @param <T> the type
 * @param type the same at run time, type arguments included
 */
@SuppressWarnings("UnusedTypeParameter") // it binds what is decoded to what was asked for
record Wanted<T>(Type type) {

    static <T> Wanted<T> of(Class<T> type) {
        return new Wanted<>(Checks.notNull("type", type));
    }

    static <T> Wanted<T> of(TypeRef<T> type) {
        return new Wanted<>(Checks.notNull("type", type).type());
    }

    boolean isBytes() {
        return type == byte[].class;
    }

    String name() {
        return type.getTypeName();
    }
}
