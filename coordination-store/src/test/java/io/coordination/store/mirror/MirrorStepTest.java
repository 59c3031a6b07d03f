package io.coordination.store.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeResult;
import io.coordination.store.WatchEvent;
import io.coordination.store.mirror.MirrorChange.Change;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MirrorStepTest {

    private final KeyValue a = entry("/a", 2, "1");
    private final KeyValue b = entry("/b", 3, "1");
    private final MirrorState before =
            MirrorStep.to(MirrorState.NOTHING, read(3, a, b)).state();

    @Nested
    class OverOneRevision {

        @Test
        void takesAllItsChanges() {
            KeyValue newA = entry("/a", 5, "2");
            KeyValue c = entry("/c", 5, "1");

            MirrorStep step = MirrorStep.over(
                    before,
                    5,
                    List.of(new WatchEvent.Put(newA), new WatchEvent.Delete("/b", 5), new WatchEvent.Put(c)));

            assertThat(step.state().revision()).isEqualTo(5);
            assertThat(step.state().entries()).containsOnlyKeys("/a", "/c");
            assertThat(step.change().orElseThrow())
                    .isEqualTo(new MirrorChange(5, false, List.of(changed(a, newA), deleted(b), made(c))));
            assertThat(before.entries()).containsOnlyKeys("/a", "/b");
        }

        @Test
        void saysNothingOfADeleteThatDeletedNothing() {
            MirrorStep step = MirrorStep.over(before, 5, List.of(new WatchEvent.Delete("/x", 5)));

            assertThat(step.change()).isEmpty();
            assertThat(step.state().revision()).isEqualTo(5);
        }
    }

    @Nested
    class OverAGap {

        @Test
        void isTheDifferenceDeletesIncluded() {
            KeyValue newA = entry("/a", 7, "2");
            KeyValue c = entry("/c", 8, "1");

            MirrorStep step = MirrorStep.to(before, read(9, newA, c));

            assertThat(step.change().orElseThrow())
                    .isEqualTo(new MirrorChange(9, true, List.of(changed(a, newA), made(c), deleted(b))));
            assertThat(step.state().get("/a")).contains(newA);
            assertThat(step.state().get("/b")).isEmpty();
        }

        @Test
        void saysNothingWhenNothingDiffers() {
            assertThat(MirrorStep.to(before, read(9, a, b)).change()).isEmpty();
        }

        @Test
        void seesAnotherValueAtTheSameRevisionOfARestoredStore() {
            KeyValue other = entry("/a", 2, "another");

            assertThat(MirrorStep.to(before, read(3, other, b)).changes()).containsExactly(changed(a, other));
        }
    }

    private static KeyValue entry(String key, long revision, String value) {
        return new KeyValue(key, Bytes.utf8(value), revision, revision, 1, 0);
    }

    private static RangeResult read(long revision, KeyValue... entries) {
        return new RangeResult(1, revision, List.of(entries), entries.length);
    }

    private static Change made(KeyValue after) {
        return new Change(after.key(), Optional.empty(), Optional.of(after));
    }

    private static Change changed(KeyValue before, KeyValue after) {
        return new Change(after.key(), Optional.of(before), Optional.of(after));
    }

    private static Change deleted(KeyValue before) {
        return new Change(before.key(), Optional.of(before), Optional.empty());
    }
}
