package io.coordination.internal;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them. */
public final class Durations {
    private static final Pattern SHORT_FORM = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms",
            Duration.ofMillis(1),
            "s",
            Duration.ofSeconds(1),
            "m",
            Duration.ofMinutes(1),
            "h",
            Duration.ofHours(1));

    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Durations() {}

    /** At most 100 years: longer times mean "for ever" and must still fit into a nanosecond counter. */
    public static Duration countable(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }

    /** Reads {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h} or ISO-8601 such as {@code PT2.5S}. */
    public static Duration parse(String parameter, String text) {
        Matcher shortForm = SHORT_FORM.matcher(text);
        if (shortForm.matches()) {
            return Checks.notNull(parameter, UNITS.get(shortForm.group(2)))
                    .multipliedBy(Long.parseLong(shortForm.group(1)));
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException notIso) {
            throw Checks.invalid(parameter, text, "write a duration such as 500ms, 5s, 2m or PT2.5S");
        }
    }

    /** Writes whole hours, minutes, seconds or milliseconds with their unit, anything finer as ISO-8601. */
    public static String text(Duration duration) {
        if (duration.isZero()) {
            return "0 s";
        }
        if (duration.getNano() == 0) {
            long seconds = duration.toSeconds();
            if (seconds % 3_600 == 0) {
                return seconds / 3_600 + " h";
            }
            return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
        }
        boolean wholeMillis = duration.getNano() % 1_000_000 == 0 && Math.abs(duration.getSeconds()) < 1_000_000;
        return wholeMillis ? duration.toMillis() + " ms" : duration.toString();
    }
}
