package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.config.ConfigBatch;
import io.coordination.config.ConfigEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Listeners that are busy while the configuration changes very often. They are called when the test runs the callbacks. */
class SlowConfigWatchTest {

    private static final int TOO_MANY = 1_001;

    private final ConfigRig rig = new ConfigRig();

    private void raw(String key, String json) {
        rig.putRaw(key, json);
    }

    private void set(String key, int value) {
        rig.commit(rig.put(key, value));
    }

    private void churn(String key) {
        for (int i = 0; i < TOO_MANY; i++) {
            set(key, i);
        }
    }

    @Nested
    class OfOneKey {

        private final List<ConfigEvent<Integer>> heard = new ArrayList<>();

        private List<ConfigEvent<Integer>> told() {
            rig.callbacks.runAll();
            List<ConfigEvent<Integer>> told = List.copyOf(heard);
            heard.clear();
            return told;
        }

        private void watch() {
            rig.config.watch("a", Integer.class, heard::add);
        }

        @Test
        void hearOneChangeFromWhatTheyHeardToTheNewestValue() {
            set("a", 7);
            watch();
            told();

            churn("a");
            set("a", 8);

            List<ConfigEvent<Integer>> told = told();
            assertThat(told).hasSize(1);
            ConfigEvent.Changed<Integer> changed = (ConfigEvent.Changed<Integer>) told.get(0);
            assertThat(changed.value()).isEqualTo(8);
            assertThat(changed.previous()).contains(7);
            set("a", 9);
            assertThat(((ConfigEvent.Changed<Integer>) told().get(0)).previous())
                    .contains(8);
        }

        @Test
        void hearThatItIsGone() {
            set("a", 7);
            watch();
            told();

            churn("a");
            rig.commit(rig.remove("a"));

            List<ConfigEvent<Integer>> told = told();
            assertThat(told).hasSize(1);
            assertThat(((ConfigEvent.Removed<Integer>) told.get(0)).previous()).contains(7);
        }

        @Test
        void hearNothingOfWhatCameAndWent() {
            watch();
            told();

            churn("a");
            rig.commit(rig.remove("a"));

            assertThat(told()).isEmpty();
        }

        @Test
        void beginWithTheNewestValueWhenTheyWereBusyFromTheStart() {
            watch();
            churn("a");
            set("a", 8);
            Instant now = rig.time.now();

            List<ConfigEvent<Integer>> told = told();

            assertThat(told).hasSize(1);
            assertThat(told.get(0))
                    .isEqualTo(new ConfigEvent.Initial<>(
                            "a", Optional.of(8), told.get(0).revision(), now));
        }
    }

    @Nested
    class OfAPrefix {

        private final List<ConfigBatch<Integer>> heard = new ArrayList<>();

        private List<ConfigBatch<Integer>> told() {
            rig.callbacks.runAll();
            List<ConfigBatch<Integer>> told = List.copyOf(heard);
            heard.clear();
            return told;
        }

        private void watch() {
            rig.config.watchPrefix("app", Integer.class, heard::add);
        }

        private String words(ConfigEvent<Integer> event) {
            if (event instanceof ConfigEvent.Changed<Integer> changed) {
                return changed.key() + " "
                        + changed.previous().map(String::valueOf).orElse("-") + ">" + changed.value();
            }
            return event.getClass().getSimpleName() + " " + event.key();
        }

        @Test
        void hearTheDifferenceInOneBatch() {
            rig.commit(rig.put("app/gone", 1), rig.put("app/same", 1), rig.put("app/bad", 1));
            watch();
            told();

            churn("app/changed");
            set("app/changed", 5);
            rig.commit(rig.remove("app/gone"));
            raw("app/bad", "no envelope");
            set("app/short", 1);
            rig.commit(rig.remove("app/short"));

            List<ConfigBatch<Integer>> told = told();
            assertThat(told).hasSize(1);
            assertThat(told.get(0).resync()).isTrue();
            assertThat(told.get(0).events())
                    .extracting(this::words)
                    .containsExactly("Unreadable app/bad", "app/changed ->5", "Removed app/gone");
        }

        @Test
        void goOnWithEachRevision() {
            watch();
            told();
            churn("app/a");
            long revision = told().get(0).revision();

            set("app/a", 9);

            List<ConfigBatch<Integer>> told = told();
            assertThat(told).hasSize(1);
            assertThat(told.get(0).resync()).isFalse();
            assertThat(told.get(0).revision()).isGreaterThan(revision);
            assertThat(told.get(0).events()).extracting(this::words).containsExactly("app/a 1000>9");
        }

        @Test
        void hearNothingWhenNothingDiffers() {
            watch();
            told();

            churn("app/a");
            rig.commit(rig.remove("app/a"));

            assertThat(told()).isEmpty();
        }

        @Test
        void beginWithTheNewestStateWhenTheyWereBusyFromTheStart() {
            set("app/gone", 1);
            watch();
            churn("app/a");
            rig.commit(rig.remove("app/gone"));

            List<ConfigBatch<Integer>> told = told();

            assertThat(told).hasSize(1);
            assertThat(told.get(0).events()).extracting(this::words).containsExactly("Initial app/a");
        }
    }
}
