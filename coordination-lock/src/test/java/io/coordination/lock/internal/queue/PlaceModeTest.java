package io.coordination.lock.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is stored is read again, and nothing else is. */
final class PlaceModeTest {

    static Stream<PlaceMode> everyMode() {
        return Stream.of(
                PlaceMode.EXCLUSIVE,
                PlaceMode.SHARED,
                PlaceMode.permits(1),
                PlaceMode.permits(999_999_999),
                PlaceMode.permits(PlaceMode.MOST_PERMITS));
    }

    @ParameterizedTest
    @MethodSource("everyMode")
    void isReadAsItWasStored(PlaceMode mode) {
        assertThat(PlaceMode.parse(mode.text())).contains(mode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "W", "rr", "p", "p0", "p-1", "p01", "p1.5", "p1000000001", "p99999999999"})
    void readsNothingElse(String text) {
        assertThat(PlaceMode.parse(text)).isEmpty();
    }
}
