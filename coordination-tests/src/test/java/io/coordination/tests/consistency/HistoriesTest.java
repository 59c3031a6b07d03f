package io.coordination.tests.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.KeyValue;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HistoriesTest {

    private final Findings findings = new Findings();
    private final Histories histories = new Histories(findings);

    private static KeyValue entry(String key, long value) {
        return new KeyValue(key, Names.value(value), 2, 2, 1, 0);
    }

    @Test
    void aRegisterIsLeftAfterAWhile() {
        Set<String> registers = new HashSet<>();
        for (int i = 0; i < 81; i++) {
            registers.add(histories.register(0));
        }
        assertThat(registers).hasSize(3);
    }

    @Test
    void theValueAtTheEndBelongsToTheHistory() {
        String key = histories.register(0);
        histories.add(key, Operation.write(7, 1, 2));
        histories.check(Map.of(key, entry(key, 7)));
        assertThat(findings.broken()).isEmpty();

        histories.add(key, Operation.write(8, 3, 4));
        histories.check(Map.of(key, entry(key, 7)));
        assertThat(findings.broken()).singleElement().asString().contains(key, "not linearizable");
    }

    @Test
    void aRefusedWriteMustNotBeSeen() {
        String key = histories.register(0);
        histories.refused(7);
        histories.check(Map.of());
        assertThat(findings.broken()).isEmpty();

        histories.saw(entry(key, 7));
        histories.check(Map.of());
        assertThat(findings.broken()).singleElement().asString().contains("the write of 7");
    }
}
