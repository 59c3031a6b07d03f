package io.coordination.config;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigEventTest {
    private static final Instant NOW = Instant.EPOCH;
    private final CoordinationException cause = CoordinationException.of(ErrorCode.SERIALIZATION_ERROR, "not a number");

    @Test
    void everyEventKnowsItsKeyAndRevision() {
        List<ConfigEvent<Integer>> events = List.of(
                new ConfigEvent.Initial<>("a", Optional.of(1), 1, NOW),
                new ConfigEvent.Changed<>("a", 2, Optional.of(1), 2, NOW),
                new ConfigEvent.Unreadable<>("a", cause, 3, NOW),
                new ConfigEvent.Removed<>("a", Optional.of(2), 4, NOW));
        assertThat(events).extracting(ConfigEvent::key).containsOnly("a");
        assertThat(events).extracting(ConfigEvent::revision).containsExactly(1L, 2L, 3L, 4L);
        assertThat(events).extracting(ConfigEvent::receivedAt).containsOnly(NOW);
    }

    @Test
    void theFamilyIsComplete() {
        assertThat(ConfigEvent.class.getPermittedSubclasses())
                .containsExactlyInAnyOrder(
                        ConfigEvent.Initial.class,
                        ConfigEvent.Changed.class,
                        ConfigEvent.Removed.class,
                        ConfigEvent.Unreadable.class);
    }

    @Test
    void nullsAreRefused() {
        assertRefused(() -> new ConfigEvent.Initial<>(null, Optional.of(1), 1, NOW), "key is null");
        assertRefused(() -> new ConfigEvent.Initial<>("a", null, 1, NOW), "value is null");
        assertRefused(() -> new ConfigEvent.Initial<>("a", Optional.of(1), 1, null), "receivedAt is null");
        assertRefused(() -> new ConfigEvent.Changed<>("a", null, Optional.empty(), 1, NOW), "value is null");
        assertRefused(() -> new ConfigEvent.Changed<>("a", 1, null, 1, NOW), "previous is null");
        assertRefused(() -> new ConfigEvent.Removed<>("a", null, 1, NOW), "previous is null");
        assertRefused(() -> new ConfigEvent.Unreadable<>("a", null, 1, NOW), "cause is null");
    }

    @Test
    void aBatchCopiesItsEvents() {
        List<ConfigEvent<Integer>> events = new ArrayList<>();
        events.add(new ConfigEvent.Removed<>("a", Optional.empty(), 1, NOW));
        ConfigBatch<Integer> batch = new ConfigBatch<>(1, false, events);
        events.clear();
        assertThat(batch.events()).hasSize(1).isUnmodifiable();
        assertThat(new ConfigBatch<Integer>(1, true, List.of()).events()).isEmpty();
        assertRefused(() -> new ConfigBatch<Integer>(1, true, null), "events is null");
    }

    @Test
    void entriesHaveNoNulls() {
        assertThat(new ConfigEntry<>("a", 1, new Version(3)).version().revision())
                .isEqualTo(3);
        assertRefused(() -> new ConfigEntry<>(null, 1, Version.ABSENT), "key is null");
        assertRefused(() -> new ConfigEntry<>("a", null, Version.ABSENT), "value is null");
        assertRefused(() -> new ConfigEntry<>("a", 1, null), "version is null");
    }

    @Test
    void versionsAreOrderedByRevision() {
        assertThat(new Version(0)).isEqualTo(Version.ABSENT);
        assertThat(Version.ABSENT.isAbsent()).isTrue();
        assertThat(new Version(1).isAbsent()).isFalse();
        assertThat(new Version(2)).isGreaterThan(new Version(1)).isLessThan(new Version(10));
        assertRefused(() -> new Version(-1), "revision is -1");
    }
}
