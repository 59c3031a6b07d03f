package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShareableTest {

    record Plain(int max, String unit, Duration window) {}

    record Nested(Plain inner, TimeUnit unit) {}

    record Chain(String value, Chain next) {}

    record WithList(List<String> names) {}

    record Deep(Nested nested, WithList list) {}

    record WithAnything(Object value) {}

    enum WithBody {
        ONE {
            @Override
            int number() {
                return 1;
            }
        };

        abstract int number();
    }

    static Stream<Object> immutable() {
        Plain plain = new Plain(1, "a", Duration.ZERO);
        return Stream.of(
                "a",
                1,
                1L,
                1.0,
                true,
                'c',
                Instant.EPOCH,
                new UUID(1, 2),
                TimeUnit.DAYS,
                WithBody.ONE,
                plain,
                new Nested(plain, TimeUnit.DAYS),
                new Chain("a", new Chain("b", Absent.value())));
    }

    @ParameterizedTest
    @MethodSource("immutable")
    void whatNobodyCanChangeIsShared(Object value) {
        assertThat(Shareable.is(value)).isTrue();
    }

    static Stream<Object> mutable() {
        WithList list = new WithList(new ArrayList<>());
        return Stream.of(
                List.of(),
                new ArrayList<>(),
                Map.of(),
                new byte[0],
                new int[0],
                new AtomicLong(),
                list,
                new Deep(new Nested(new Plain(1, "a", Duration.ZERO), TimeUnit.DAYS), list),
                new WithAnything("a"),
                new Object());
    }

    @ParameterizedTest
    @MethodSource("mutable")
    void whatSomebodyCouldChangeIsNot(Object value) {
        assertThat(Shareable.is(value)).isFalse();
    }
}
