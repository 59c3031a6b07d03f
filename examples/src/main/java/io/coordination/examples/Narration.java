package io.coordination.examples;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells a reader at a terminal what happens. */
final class Narration {

    private static final AtomicInteger CHAPTER = new AtomicInteger();
    private static final long BEGIN = System.nanoTime();

    private Narration() {}

    static void chapter(String title) {
        System.out.printf("%n%d. %s%n", CHAPTER.incrementAndGet(), title);
    }

    @FormatMethod
    static void say(@FormatString String sentence, Object... facts) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - BEGIN);
        System.out.printf("   %6.2f s  %s%n", millis / 1000.0, String.format(sentence, facts));
    }

    static void title(String sentence) {
        System.out.println(sentence);
    }
}
