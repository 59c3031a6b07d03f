package io.coordination.lock.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A model checker takes machines of equal state for the same, so nothing that changes may be missing from the state. */
class MachineStateTest {

    private record Flag(Object part, Field field) {

        private void flip() throws IllegalAccessException {
            if (field.getType() == boolean.class) {
                field.setBoolean(part, !field.getBoolean(part));
            } else if (field.getType() == long.class) {
                field.setLong(part, field.getLong(part) + 7);
            } else {
                field.setInt(part, field.getInt(part) + 7);
            }
        }

        private String name() {
            return part.getClass().getSimpleName() + "." + field.getName();
        }
    }

    @TestFactory
    List<DynamicTest> everyFlagAndNumberIsPartOfTheStateAndOfCopies() throws Exception {
        QueueMachine machine = machine();
        List<Flag> flags = new ArrayList<>();
        collect(machine, flags, Collections.newSetFromMap(new IdentityHashMap<>()));
        assertThat(flags).extracting(Flag::name).contains("Retirement.closed", "WatchState.live", "Turn.used");
        return flags.stream()
                .map(flag -> DynamicTest.dynamicTest(flag.name(), () -> isPartOfTheState(machine, flag)))
                .toList();
    }

    private static void isPartOfTheState(QueueMachine machine, Flag flag) throws Exception {
        Object before = machine.state();
        flag.flip();
        assertThat(machine.state()).isNotEqualTo(before);
        assertThat(machine.copy(new SilentSink()).state()).isEqualTo(machine.state());
    }

    /** A machine with a holder, another place that waits for it, and requests that wait for both. */
    private static QueueMachine machine() {
        QueueMachine machine = new QueueMachine(new SilentSink());
        machine.submit(new SilentRequest(PlaceMode.SHARED));
        machine.reserved(1, "a");
        machine.placed(1, 5, new QueueView(5, List.of()), false);
        machine.submit(new SilentRequest(PlaceMode.EXCLUSIVE));
        machine.reserved(2, "b");
        machine.placed(2, 6, new QueueView(6, List.of(new QueueEntry("a", 5, PlaceMode.SHARED, false))), false);
        return machine;
    }

    private static void collect(@Nullable Object part, List<Flag> flags, Set<Object> seen)
            throws IllegalAccessException {
        if (part instanceof Iterable<?> many) {
            for (Object each : many) {
                collect(each, flags, seen);
            }
        } else if (part != null && isPart(part) && seen.add(part)) {
            for (Field field : part.getClass().getDeclaredFields()) {
                field.setAccessible(true);
                boolean changes = !Modifier.isFinal(field.getModifiers());
                if (!field.getType().isPrimitive()) {
                    collect(field.get(part), flags, seen);
                } else if (changes) {
                    flags.add(new Flag(part, field));
                }
            }
        }
    }

    /** Records and enums do not change, and the sink belongs to somebody else. */
    private static boolean isPart(Object part) {
        return part.getClass().getPackageName().equals(QueueMachine.class.getPackageName())
                && !(part instanceof QueueSink || part instanceof Record || part instanceof Enum);
    }
}
