package io.coordination.config;

import io.coordination.internal.Checks;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;

/**
 * A type with its type arguments, for values such as {@code List<String>} that a {@link Class} cannot name. Make an
 * anonymous subclass:
 *
 * <pre>{@code
 * Optional<List<String>> hosts = config.get("hosts", new TypeRef<List<String>>() {});
 * }</pre>
 *
 * <p>Immutable; equal when the types are equal.
 *
 * @param <T> the type it stands for
 */
public abstract class TypeRef<T> {
    private final Type type;

    /**
     * Captures the type argument of the subclass.
     *
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} when the subclass gives no type argument, or a
     *     type variable
     */
    protected TypeRef() {
        this.type = captured(getClass());
    }

    private static Type captured(Class<?> subclass) {
        if (subclass.getGenericSuperclass() instanceof ParameterizedType parent
                && parent.getRawType() == TypeRef.class) {
            Type argument = parent.getActualTypeArguments()[0];
            if (!mentionsVariable(argument)) {
                return argument;
            }
        }
        throw Checks.invalid(
                "TypeRef", subclass.getName(), "write the whole type, for example new TypeRef<List<String>>() {}");
    }

    private static boolean mentionsVariable(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return anyMentionsVariable(parameterized.getActualTypeArguments());
        }
        if (type instanceof WildcardType wildcard) {
            return anyMentionsVariable(wildcard.getUpperBounds()) || anyMentionsVariable(wildcard.getLowerBounds());
        }
        if (type instanceof GenericArrayType array) {
            return mentionsVariable(array.getGenericComponentType());
        }
        return type instanceof TypeVariable<?>;
    }

    private static boolean anyMentionsVariable(Type[] types) {
        return Arrays.stream(types).anyMatch(TypeRef::mentionsVariable);
    }

    /**
     * The captured type.
     *
     * @return a class, or a parameterized or array type
     */
    public final Type type() {
        return type;
    }

    /**
     * Whether the other stands for the same type.
     *
     * @param other what to compare with
     * @return true for a {@code TypeRef} of an equal type
     */
    @Override
    public final boolean equals(Object other) {
        return other instanceof TypeRef<?> ref && type.equals(ref.type);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code of the type
     */
    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    /**
     * The name of the type.
     *
     * @return for example {@code java.util.List<java.lang.String>}
     */
    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
