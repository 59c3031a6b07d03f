package io.coordination.internal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The character rules of names, and how a bad value is shown in a message. The checks are on the path of every call, so they
 * look at each character once and allocate nothing when all is well.
 */
final class Text {
    private static final int SHOWN_CHARACTERS = 60;

    private Text() {}

    /** What is wrong with the segment {@code text[from, to)}; null when nothing is. */
    static @Nullable String problem(String text, int from, int to) {
        if (from == to) {
            return "it must not be empty";
        }
        if (isSpace(text.charAt(from)) || isSpace(text.charAt(to - 1))) {
            return "it must not begin or end with white space";
        }
        int index = from;
        while (index < to) {
            char c = text.charAt(index);
            if (isControl(c)) {
                return "it must not contain control characters";
            }
            if (Character.isSurrogate(c)) {
                if (index + 1 >= to || !Character.isSurrogatePair(c, text.charAt(index + 1))) {
                    return "it must be well-formed Unicode, without half surrogate pairs";
                }
                index++;
            }
            index++;
        }
        return null;
    }

    /** The length in UTF-8 of well-formed text. */
    static int utf8Length(String text) {
        int bytes = 0;
        for (int index = 0; index < text.length(); index++) {
            char c = text.charAt(index);
            if (c < 0x80) {
                bytes += 1;
            } else if (c < 0x800 || Character.isSurrogate(c)) {
                bytes += 2; // two halves of a pair make four
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }

    static boolean isWellFormed(String text) {
        for (int index = 0; index < text.length(); index++) {
            if (Character.isSurrogate(text.charAt(index))) {
                if (index + 1 == text.length()
                        || !Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1))) {
                    return false;
                }
                index++;
            }
        }
        return true;
    }

    static boolean isControl(char c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0);
    }

    private static boolean isSpace(char c) {
        return c <= ' ' || (c >= 0x80 && (Character.isWhitespace(c) || Character.isSpaceChar(c)));
    }

    /** The value as a message shows it: quoted, cut, and without characters that would break a log line. */
    static String shown(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof Duration duration) {
            return Durations.text(duration);
        }
        if (!(value instanceof CharSequence)) {
            return shortened(value.toString());
        }
        return '"' + shortened(value.toString()) + '"';
    }

    private static String shortened(String text) {
        StringBuilder shown = new StringBuilder();
        int index = 0;
        while (index < text.length() && index < SHOWN_CHARACTERS) {
            int codePoint = text.codePointAt(index);
            if (Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE) {
                shown.append(String.format("\\u%04x", codePoint));
            } else {
                shown.appendCodePoint(codePoint);
            }
            index += Character.charCount(codePoint);
        }
        if (index < text.length()) {
            shown.append("… (").append(text.length()).append(" characters)");
        }
        return shown.toString();
    }
}
