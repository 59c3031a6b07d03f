package io.coordination.config.internal;

import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Which decoded values may be given to several callers, because none of them can change what the others see: texts,
 * numbers, truth values, times, enum constants, and records made of nothing else. Lists, maps, arrays and classes with
 * fields are decoded anew for each caller.
 */
final class Shareable {

    private static final Set<Class<?>> VALUES = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            URI.class);

    private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return isShareable(type, new HashSet<>());
        }
    };

    private Shareable() {}

    static boolean is(Object value) {
        return KNOWN.get(value.getClass());
    }

    private static boolean isShareable(Class<?> type, Set<Class<?>> underWay) {
        if (type.isPrimitive() || VALUES.contains(type) || Enum.class.isAssignableFrom(type)) {
            return true;
        }
        if (type.getPackageName().equals("java.time")) {
            return Modifier.isFinal(type.getModifiers());
        }
        // A record that contains its own kind stands or falls with its other components.
        return type.isRecord() && (!underWay.add(type) || hasShareableComponents(type, underWay));
    }

    private static boolean hasShareableComponents(Class<?> type, Set<Class<?>> underWay) {
        for (RecordComponent component : type.getRecordComponents()) {
            if (!isShareable(component.getType(), underWay)) {
                return false;
            }
        }
        return true;
    }
}
