package io.coordination.lock.internal.model;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The components of any record, private ones of other packages included. */
final class Components {

    private static final Map<Class<?>, List<Method>> ACCESSORS = new ConcurrentHashMap<>();

    private Components() {}

    static List<Object> of(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.<List<Object>>map(List::of).orElseGet(List::of);
        }
        if (value instanceof Duration duration) {
            return List.of(duration.toNanos());
        }
        if (!(value instanceof Record)) {
            throw new IllegalArgumentException("no record: " + value.getClass());
        }
        List<Object> components = new ArrayList<>();
        for (Method accessor : ACCESSORS.computeIfAbsent(value.getClass(), Components::accessors)) {
            try {
                components.add(accessor.invoke(value));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return components;
    }

    private static List<Method> accessors(Class<?> record) {
        List<Method> accessors = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            accessors.add(accessor);
        }
        return accessors;
    }
}
