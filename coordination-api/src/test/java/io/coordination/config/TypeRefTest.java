package io.coordination.config;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.ParameterizedType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TypeRefTest {
    @Test
    void theWholeTypeIsCaptured() {
        TypeRef<Map<String, List<Integer>>> ref = new TypeRef<>() {};
        assertThat(ref.type()).isInstanceOf(ParameterizedType.class);
        assertThat(ref).hasToString("java.util.Map<java.lang.String, java.util.List<java.lang.Integer>>");
        assertThat(new TypeRef<String>() {}.type()).isEqualTo(String.class);
        assertThat(new TypeRef<byte[]>() {}.type()).isEqualTo(byte[].class);
        assertThat(new TypeRef<List<? extends Number>>() {}).hasToString("java.util.List<? extends java.lang.Number>");
    }

    @Test
    @SuppressWarnings({"rawtypes", "unchecked"})
    void aMissingArgumentIsRefused() {
        assertRefused(() -> new TypeRef() {}, "TypeRef is \"io.coordination.config.TypeRefTest$", "List<String>>() {}");
    }

    private static <T> TypeRef<T> ofVariable() {
        return new TypeRef<T>() {};
    }

    private static <T> TypeRef<List<? extends Map<String, T[]>>> ofHiddenVariable() {
        return new TypeRef<List<? extends Map<String, T[]>>>() {};
    }

    private static <T> TypeRef<List<? super T>> ofLowerBound() {
        return new TypeRef<List<? super T>>() {};
    }

    @Test
    void aTypeVariableIsRefusedWhereverItHides() {
        assertRefused(() -> ofVariable(), "TypeRef is ", "write the whole type");
        assertRefused(() -> ofLowerBound(), "TypeRef is ", "write the whole type");
        assertRefused(() -> ofHiddenVariable(), "TypeRef is ", "write the whole type");
    }

    private abstract static class Between<T> extends TypeRef<List<String>> {}

    @Test
    void onlyDirectSubclassesCapture() {
        assertRefused(() -> new Between<String>() {}, "TypeRef is ");
    }

    @Test
    void equalityIsThatOfTheType() {
        TypeRef<List<String>> ref = new TypeRef<>() {};
        assertThat(ref).isEqualTo(new TypeRef<List<String>>() {}).hasSameHashCodeAs(new TypeRef<List<String>>() {});
        assertThat(ref).isNotEqualTo(new TypeRef<List<Integer>>() {});
        assertThat(ref).isNotEqualTo("java.util.List<java.lang.String>");
    }
}
