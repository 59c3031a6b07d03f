package io.coordination.tests.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.KeyValue;
import io.coordination.store.mirror.MirrorChange;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MirrorRecordTest {

    private final Findings findings = new Findings();
    private final MirrorRecord record = new MirrorRecord("the mirror", new Histories(findings), findings);

    private static KeyValue entry(String key, long stamp, long revision) {
        return new KeyValue(key, Names.value(stamp), revision, revision, 1, 0);
    }

    private void put(long revision, Optional<KeyValue> before, KeyValue after) {
        record.onChange(new MirrorChange(
                revision, false, List.of(new MirrorChange.Change(after.key(), before, Optional.of(after)))));
    }

    @Test
    void followsWhatItIsTold() {
        KeyValue first = entry("/chaos/x", 1, 5);
        KeyValue second = entry("/chaos/x", 2, 6);
        put(5, Optional.empty(), first);
        put(6, Optional.of(first), second);

        assertThat(record.told().revision()).isEqualTo(6);
        assertThat(record.told().entries()).containsOnlyKeys("/chaos/x").containsValue(second);
        assertThat(findings.broken()).isEmpty();
    }

    @Test
    void findsARevisionThatDoesNotGrow() {
        put(5, Optional.empty(), entry("/chaos/x", 1, 5));
        put(5, Optional.empty(), entry("/chaos/y", 1, 5));

        assertThat(findings.broken()).singleElement().asString().contains("revision 5 after 5");
    }

    @Test
    void findsAChangeThatDoesNotFitTheStateBefore() {
        put(5, Optional.empty(), entry("/chaos/x", 1, 5));
        put(6, Optional.empty(), entry("/chaos/x", 2, 6));

        assertThat(findings.broken()).singleElement().asString().contains("/chaos/x");
    }

    @Test
    void findsHalfATransaction() {
        List<MirrorChange.Change> whole = IntStream.range(0, 5)
                .mapToObj(i -> entry(Names.GROUPS + "0/" + i, 7, 5))
                .map(entry -> new MirrorChange.Change(entry.key(), Optional.empty(), Optional.of(entry)))
                .toList();
        record.onChange(new MirrorChange(5, false, whole));
        assertThat(findings.broken()).isEmpty();

        KeyValue before = entry(Names.GROUPS + "0/0", 7, 5);
        put(6, Optional.of(before), entry(Names.GROUPS + "0/0", 8, 6));
        assertThat(findings.broken()).singleElement().asString().contains("mixture");
    }
}
