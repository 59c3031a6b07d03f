package io.coordination.internal;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "500ms,PT0.5S",
        "5s,PT5S",
        "5 s,PT5S",
        "2m,PT2M",
        "1h,PT1H",
        "0s,PT0S",
        "PT2.5S,PT2.5S",
        "pt1m,PT1M",
        "P1D,PT24H",
        "999999999h,PT999999999H"
    })
    void bothFormsAreRead(String text, Duration expected) {
        assertThat(Durations.parse("timeout", text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "s", "5 parsecs", "1.5s", "-5s", "5S", "", "PT", "9999999999s", "5s 1ms"})
    void anythingElseIsRefused(String text) {
        assertRefused(() -> Durations.parse("timeout", text), "timeout is \"" + text + "\"", "500ms, 5s, 2m or PT2.5S");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S,0 s",
        "PT0.1S,100 ms",
        "PT1.5S,1500 ms",
        "PT2S,2 s",
        "PT60S,1 min",
        "PT90S,90 s",
        "PT24H,24 h",
        "PT0.0000001S,PT0.0000001S",
        "PT-3S,-3 s",
        "PT-0.5S,-500 ms"
    })
    void durationsAreWrittenWithTheLargestWholeUnit(Duration duration, String expected) {
        assertThat(Durations.text(duration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"PT0S,PT0S", "PT876000H,PT876000H", "PT876000H0.000000001S,PT876000H", "PT999999999H,PT876000H"})
    void moreThanAHundredYearsCountAsAHundredYears(Duration duration, Duration expected) {
        assertThat(Durations.countable(duration)).isEqualTo(expected);
    }
}
