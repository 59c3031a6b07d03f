package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.ErrorCode;
import io.coordination.Watch;
import io.coordination.config.ConfigEvent;
import io.coordination.config.TypeRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigWatchTest {

    private final ConfigRig rig = new ConfigRig();
    private final MirroredConfig config = rig.config;
    private final List<ConfigEvent<Integer>> seen = new ArrayList<>();

    private Watch watch() {
        return config.watch("a", Integer.class, seen::add);
    }

    private Instant now() {
        return rig.time.now();
    }

    private List<ConfigEvent<Integer>> told() {
        rig.callbacks.runAll();
        List<ConfigEvent<Integer>> told = List.copyOf(seen);
        seen.clear();
        return told;
    }

    private ConfigEvent<Integer> onlyEvent() {
        List<ConfigEvent<Integer>> told = told();
        assertThat(told).hasSize(1);
        return told.get(0);
    }

    @Nested
    class Events {

        @Test
        void theFirstEventShowsTheValueThatWasThere() {
            long revision = rig.other.set("a", 1).revision();
            watch();
            assertThat(told()).containsExactly(new ConfigEvent.Initial<>("a", Optional.of(1), revision, now()));
        }

        @Test
        void theFirstEventShowsThatThereIsNothing() {
            rig.other.set("b", 1);
            watch();
            ConfigEvent<Integer> first = onlyEvent();
            assertThat(first).isInstanceOf(ConfigEvent.Initial.class);
            assertThat(((ConfigEvent.Initial<Integer>) first).value()).isEmpty();
            assertThat(first.revision()).isPositive();
        }

        @Test
        void everyChangeComesInOrderWithOldAndNewValue() {
            watch();
            told();
            long one = rig.other.set("a", 1).revision();
            long two = rig.other.set("a", 2).revision();
            rig.other.delete("a");
            long three = rig.other.set("a", 3).revision();
            assertThat(told())
                    .containsExactly(
                            new ConfigEvent.Changed<>("a", 1, Optional.empty(), one, now()),
                            new ConfigEvent.Changed<>("a", 2, Optional.of(1), two, now()),
                            new ConfigEvent.Removed<>("a", Optional.of(2), two + 1, now()),
                            new ConfigEvent.Changed<>("a", 3, Optional.empty(), three, now()));
        }

        @Test
        void theInitialValueIsThePreviousOneOfTheFirstChange() {
            rig.other.set("a", 1);
            watch();
            told();
            long revision = rig.other.set("a", 2).revision();
            assertThat(told()).containsExactly(new ConfigEvent.Changed<>("a", 2, Optional.of(1), revision, now()));
        }

        @Test
        void otherKeysAreNotTold() {
            watch();
            told();
            List.of("b", "a/b", "aa", "A").forEach(key -> rig.other.set(key, 1));
            assertThat(told()).isEmpty();
        }

        @Test
        void theTimeIsWhenItWasReceivedNotWhenItWasTold() {
            watch();
            rig.other.set("a", 1);
            Instant received = now();
            rig.time.advance(Duration.ofSeconds(3));
            assertThat(told()).extracting(ConfigEvent::receivedAt).containsExactly(received, received);
        }

        @Test
        void aWriteIsToldToTheWatchOfItsOwnProcess() {
            watch();
            config.set("a", 1);
            assertThat(told()).hasSize(2);
        }

        @Test
        void typesWithArgumentsAreDecoded() {
            List<ConfigEvent<List<Long>>> lists = new ArrayList<>();
            rig.other.set("a", List.of(1, 2));
            config.watch("a", new TypeRef<List<Long>>() {}, lists::add);
            rig.callbacks.runAll();
            assertThat(lists)
                    .extracting(event -> ((ConfigEvent.Initial<List<Long>>) event).value())
                    .containsExactly(Optional.of(List.of(1L, 2L)));
        }

        @Test
        void aWatchThatBeginsDuringAnOutageIsToldAfterIt() {
            rig.faulty.disconnect();
            watch();
            assertThat(told()).isEmpty();
            rig.other.set("a", 1);
            rig.faulty.reconnect();
            rig.time.advance(Duration.ofSeconds(5));
            assertThat(((ConfigEvent.Initial<Integer>) onlyEvent()).value()).contains(1);
        }
    }

    @Nested
    class UnreadableValues {

        @Test
        void areToldAndNeverReplaceTheLastGoodOne() {
            watch();
            long good = rig.other.set("a", 1).revision();
            rig.putRaw("a", "rubbish");
            rig.other.set("a", "text");
            long again = rig.other.set("a", 2).revision();
            List<ConfigEvent<Integer>> told = told();
            assertThat(told).hasSize(5);
            assertThat(told.get(2)).isInstanceOf(ConfigEvent.Unreadable.class);
            assertThat(told.get(2).revision()).isEqualTo(good + 1);
            ConfigEvent.Unreadable<Integer> text = (ConfigEvent.Unreadable<Integer>) told.get(3);
            assertThat(text.cause().code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(text.cause()).hasMessageContaining("config key 'a' holds a JSON string");
            assertThat(told.get(4)).isEqualTo(new ConfigEvent.Changed<>("a", 2, Optional.of(1), again, now()));
        }

        @Test
        void mayComeFirst() {
            rig.putRaw("a", "rubbish");
            watch();
            assertThat(onlyEvent()).isInstanceOf(ConfigEvent.Unreadable.class);
            long revision = rig.other.set("a", 1).revision();
            assertThat(told()).containsExactly(new ConfigEvent.Changed<>("a", 1, Optional.empty(), revision, now()));
        }

        @Test
        void leaveTheLastGoodOneToTheRemoval() {
            rig.other.set("a", 1);
            watch();
            rig.putRaw("a", "rubbish");
            told();
            rig.other.delete("a");
            assertThat(((ConfigEvent.Removed<Integer>) onlyEvent()).previous()).contains(1);
        }
    }

    @Nested
    class Gaps {

        @Test
        void aBrokenConnectionLosesNothing() {
            watch();
            told();
            rig.faulty.disconnect();
            rig.other.set("a", 1);
            rig.other.set("a", 2);
            rig.faulty.reconnect();
            assertThat(told())
                    .extracting(event -> ((ConfigEvent.Changed<Integer>) event).value())
                    .containsExactly(1, 2);
        }

        @Test
        void afterALostHistoryTheDifferenceIsTold() {
            rig.other.set("a", 1);
            watch();
            told();
            rig.loseHistory(() -> {
                rig.other.set("a", 2);
                rig.other.set("a", 3);
            });
            ConfigEvent.Changed<Integer> changed = (ConfigEvent.Changed<Integer>) onlyEvent();
            assertThat(changed.value()).isEqualTo(3);
            assertThat(changed.previous()).contains(1);
            rig.loseHistory(() -> rig.other.delete("a"));
            assertThat(((ConfigEvent.Removed<Integer>) onlyEvent()).previous()).contains(3);
        }

        @Test
        void aLostHistoryWithoutChangesIsSilent() {
            rig.other.set("a", 1);
            watch();
            told();
            rig.loseHistory(() -> rig.other.set("b", 1));
            assertThat(told()).isEmpty();
        }
    }

    @Nested
    class Closing {

        @Test
        void nothingIsToldAfterwards() {
            Watch watch = watch();
            told();
            rig.other.set("a", 1);
            watch.close();
            rig.other.set("a", 2);
            assertThat(told()).isEmpty();
            assertThat(watch.isClosed()).isTrue();
            watch.close();
        }

        @Test
        void otherWatchesGoOn() {
            Watch first = watch();
            watch();
            told();
            first.close();
            rig.other.set("a", 1);
            assertThat(told()).hasSize(1);
        }

        @Test
        void aListenerMayCloseItsOwnWatch() {
            AtomicReference<Watch> own = new AtomicReference<>();
            own.set(config.watch("a", Integer.class, event -> {
                seen.add(event);
                own.get().close();
            }));
            rig.other.set("a", 1);
            assertThat(told()).hasSize(1);
            assertThat(own.get().isClosed()).isTrue();
        }

        @Test
        void aListenerMayReadAndWrite() {
            config.watch("a", Integer.class, event -> {
                seen.add(event);
                int next = config.get("a", Integer.class).orElse(0) + 1;
                if (next <= 3) {
                    config.set("a", next);
                }
            });
            assertThat(told()).hasSize(4);
            assertThat(config.get("a", Integer.class)).contains(3);
        }

        @Test
        void aListenerThatThrowsGoesOnHearing() {
            config.watch("a", Integer.class, event -> {
                seen.add(event);
                throw new IllegalStateException("from a listener");
            });
            rig.other.set("a", 1);
            assertThat(told()).hasSize(2);
        }
    }
}
