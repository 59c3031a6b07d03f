package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.coordination.Watch;
import io.coordination.config.ConfigBatch;
import io.coordination.config.ConfigEvent;
import io.coordination.config.TypeRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigPrefixWatchTest {

    private final ConfigRig rig = new ConfigRig();
    private final List<ConfigBatch<Integer>> seen = new ArrayList<>();

    private Watch watch(String prefix) {
        return rig.config.watchPrefix(prefix, Integer.class, seen::add);
    }

    private List<ConfigBatch<Integer>> told() {
        rig.callbacks.runAll();
        List<ConfigBatch<Integer>> told = List.copyOf(seen);
        seen.clear();
        return told;
    }

    private ConfigBatch<Integer> onlyBatch() {
        List<ConfigBatch<Integer>> told = told();
        assertThat(told).hasSize(1);
        return told.get(0);
    }

    private ConfigEvent<Integer> changed(String key, int value, Optional<Integer> previous, long revision) {
        Instant now = rig.time.now();
        return new ConfigEvent.Changed<>(key, value, previous, revision, now);
    }

    @Test
    void theFirstBatchShowsEveryPresentKeyInOrder() {
        rig.commit(rig.put("app/b", 2), rig.put("app/a", 1), rig.put("app/a/c", 3), rig.put("app2/x", 4));
        rig.other.set("app", 5);
        watch("app");
        ConfigBatch<Integer> first = onlyBatch();
        assertThat(first.resync()).isTrue();
        assertThat(first.events()).allMatch(event -> event.revision() == first.revision());
        assertThat(first.events())
                .extracting(ConfigEvent::key, event -> ((ConfigEvent.Initial<Integer>) event).value())
                .containsExactly(
                        tuple("app/a", Optional.of(1)),
                        tuple("app/a/c", Optional.of(3)),
                        tuple("app/b", Optional.of(2)));
    }

    @Test
    void theFirstBatchComesAlsoWhenThereIsNothing() {
        watch("app");
        ConfigBatch<Integer> first = onlyBatch();
        assertThat(first.resync()).isTrue();
        assertThat(first.events()).isEmpty();
    }

    @Test
    void oneRevisionIsOneBatch() {
        rig.commit(rig.put("app/gone", 9), rig.put("app/changed", 1));
        watch("app/");
        told();
        rig.commit(rig.put("app/new", 3), rig.put("else", 0), rig.remove("app/gone"), rig.put("app/changed", 2));
        ConfigBatch<Integer> batch = onlyBatch();
        long revision = batch.revision();
        assertThat(batch.resync()).isFalse();
        assertThat(batch.events())
                .containsExactly(
                        changed("app/changed", 2, Optional.of(1), revision),
                        new ConfigEvent.Removed<>("app/gone", Optional.of(9), revision, rig.time.now()),
                        changed("app/new", 3, Optional.empty(), revision));
    }

    @Test
    void twoRevisionsAreTwoBatches() {
        watch("");
        told();
        long one = rig.other.set("a", 1).revision();
        long two = rig.other.set("b", 2).revision();
        assertThat(told()).extracting(ConfigBatch::revision).containsExactly(one, two);
    }

    @Test
    void revisionsThatDoNotTouchThePrefixAreSilent() {
        watch("app");
        told();
        List.of("app2", "app", "apple/x", "other").forEach(key -> rig.other.set(key, 1));
        assertThat(told()).isEmpty();
    }

    @Test
    void theEmptyPrefixIsEverything() {
        watch("");
        told();
        rig.other.set("a", 1);
        rig.other.set("b/c", 1);
        assertThat(told()).flatExtracting(ConfigBatch::events).hasSize(2);
    }

    @Test
    void anUnreadableValueDoesNotHideTheOthers() {
        rig.other.set("app/a", 1);
        watch("app");
        told();
        rig.commit(rig.put("app/a", "text"), rig.put("app/b", 2));
        ConfigBatch<Integer> batch = onlyBatch();
        assertThat(batch.events()).hasSize(2);
        assertThat(batch.events().get(0)).isInstanceOf(ConfigEvent.Unreadable.class);
        assertThat(batch.events().get(1)).isEqualTo(changed("app/b", 2, Optional.empty(), batch.revision()));
        rig.other.set("app/a", 3);
        ConfigBatch<Integer> good = onlyBatch();
        assertThat(good.events()).containsExactly(changed("app/a", 3, Optional.of(1), good.revision()));
    }

    @Test
    void afterALostHistoryOneBatchTellsTheDifference() {
        rig.commit(rig.put("app/kept", 1), rig.put("app/changed", 1), rig.put("app/gone", 1));
        watch("app");
        told();
        rig.loseHistory(() -> {
            rig.other.set("app/changed", 2);
            rig.other.set("app/new", 1);
            rig.other.set("app/short", 1);
            rig.other.delete("app/short");
            rig.other.delete("app/gone");
        });
        ConfigBatch<Integer> batch = onlyBatch();
        assertThat(batch.resync()).isTrue();
        assertThat(batch.events())
                .extracting(event -> event.getClass().getSimpleName() + " " + event.key())
                .containsExactly("Changed app/changed", "Removed app/gone", "Changed app/new");
        assertThat(batch.events()).allMatch(event -> event.revision() <= batch.revision());
        rig.other.set("app/kept", 2);
        assertThat(onlyBatch().resync()).isFalse();
    }

    @Test
    void revisionsIncreaseFromBatchToBatch() {
        watch("app");
        for (int i = 0; i < 20; i++) {
            rig.other.set("app/" + i % 3, i);
            if (i % 5 == 0) {
                rig.loseHistory(() -> rig.other.set("app/gap", 0));
            }
        }
        assertThat(told()).extracting(ConfigBatch::revision).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void typesWithArgumentsAreDecoded() {
        List<ConfigBatch<List<Long>>> lists = new ArrayList<>();
        rig.other.set("app/a", List.of(1));
        rig.config.watchPrefix("app", new TypeRef<List<Long>>() {}, lists::add);
        rig.callbacks.runAll();
        assertThat(lists.get(0).events())
                .extracting(event -> ((ConfigEvent.Initial<List<Long>>) event).value())
                .containsExactly(Optional.of(List.of(1L)));
    }

    @Test
    void nothingIsToldAfterTheClose() {
        Watch watch = watch("app");
        told();
        watch.close();
        rig.other.set("app/a", 1);
        assertThat(told()).isEmpty();
    }
}
