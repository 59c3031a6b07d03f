package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import io.coordination.config.ConfigEntry;
import io.coordination.config.TypeRef;
import io.coordination.config.Version;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConfigReadTest {

    @Test
    void theMirrorIsObservedByTheWordOfTheKeyLayout() {
        List<String> observed = new ArrayList<>();
        Instrumentation observer = new Instrumentation() {
            @Override
            public Mirrors mirrors(String kind) {
                return new Mirrors() {
                    @Override
                    public void loaded(int keys, Duration duration) {
                        observed.add(kind + " " + keys);
                    }
                };
            }
        };
        ConfigRig rig = new ConfigRig();
        rig.other.set("a", 1);
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:rig")
                .instrumentation(observer)
                .build();
        MirroredConfig config = new MirroredConfig(new Environment(
                rig.memory, rig.keys, rig.time, rig.callbacks, options, LoggerFactory.getLogger("coordination")));

        assertThat(config.get("a", Integer.class)).contains(1);

        assertThat(observed).containsExactly("config 1");
    }

    private static final TypeRef<List<String>> NAMES = new TypeRef<>() {};

    private final ConfigRig rig = new ConfigRig();
    private final MirroredConfig config = rig.config;

    private long rangesSent() {
        return rig.faulty.calls().stream()
                .filter(StoreCall.Range.class::isInstance)
                .count();
    }

    @Nested
    class Cached {

        @Test
        void nothingIsSentBeforeTheFirstUse() {
            assertThat(rig.faulty.calls()).isEmpty();
            assertThat(rig.faulty.watches().count()).isZero();
        }

        @Test
        void allReadsShareOneMirror() {
            rig.other.set("a", 1);
            for (int i = 0; i < 10; i++) {
                assertThat(config.get("a", Integer.class)).contains(1);
                assertThat(config.get("b" + i, Integer.class)).isEmpty();
                assertThat(config.list("")).containsExactly("a");
            }
            assertThat(rangesSent()).isEqualTo(1);
            assertThat(rig.faulty.watches().count()).isEqualTo(1);
        }

        @Test
        void changesOfOthersShowWithoutAnotherRead() {
            assertThat(config.get("a", String.class)).isEmpty();
            rig.other.set("a", "one");
            assertThat(config.get("a", String.class)).contains("one");
            rig.other.set("a", "two");
            assertThat(config.get("a", String.class)).contains("two");
            rig.other.delete("a");
            assertThat(config.get("a", String.class)).isEmpty();
            rig.other.set("a", "three");
            assertThat(config.get("a", String.class)).contains("three");
            assertThat(rangesSent()).isEqualTo(1);
        }

        @Test
        void anImmutableValueIsDecodedOnce() {
            rig.other.set("a", "text");
            assertThat(config.get("a", String.class)).isSameAs(config.get("a", String.class));
        }

        @Test
        void aMutableValueIsDecodedForEachCaller() {
            rig.other.set("a", List.of("x"));
            config.get("a", NAMES).orElseThrow().add("y");
            config.entry("a", NAMES).orElseThrow().value().clear();
            assertThat(config.get("a", NAMES)).contains(List.of("x"));
        }

        @Test
        void aByteArrayIsDecodedForEachCaller() {
            rig.other.set("a", new byte[] {1});
            config.get("a", byte[].class).orElseThrow()[0] = 2;
            assertThat(config.get("a", byte[].class).orElseThrow()).containsExactly(1);
        }

        @Test
        void theTypesOfACachedValueAreKeptApart() {
            rig.other.set("a", 5);
            assertThat(config.get("a", Integer.class)).contains(5);
            assertThat(config.get("a", Long.class)).contains(5L);
            assertThat(Failures.of(() -> config.get("a", String.class)).code())
                    .isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(config.get("a", Integer.class)).contains(5);
        }

        @Test
        void aValueThatBecomesUnreadableIsNotServedFromTheCache() {
            rig.other.set("a", 5);
            assertThat(config.get("a", Integer.class)).contains(5);
            rig.putRaw("a", "rubbish");
            assertThat(Failures.of(() -> config.get("a", Integer.class)).code())
                    .isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            rig.other.set("a", 6);
            assertThat(config.get("a", Integer.class)).contains(6);
        }

        @Test
        void moreKeysThanThereAreSlotsCanBeRead() {
            for (int i = 0; i < 10_050; i++) {
                assertThat(config.get("absent/" + i, String.class)).isEmpty();
            }
            rig.other.set("absent/3", "now");
            assertThat(config.get("absent/3", String.class)).contains("now");
        }

        @Test
        void anEntryHasTheVersionOfItsLastWrite() {
            Version version = rig.other.set("a", "x");
            assertThat(config.entry("a", String.class)).contains(new ConfigEntry<>("a", "x", version));
        }
    }

    @Nested
    class Listing {

        @Test
        void segmentsCount() {
            List.of("app", "app/name", "app/db/url", "app2/name", "apple").forEach(key -> rig.other.set(key, 1));
            assertThat(config.list("app")).containsExactly("app/db/url", "app/name");
            assertThat(config.list("app/")).containsExactly("app/db/url", "app/name");
            assertThat(config.list("app/db")).containsExactly("app/db/url");
            assertThat(config.list("ap")).isEmpty();
            assertThat(config.list("")).containsExactly("app", "app/db/url", "app/name", "app2/name", "apple");
        }

        @Test
        void keysThatUsersCannotWriteAreInvisible() {
            rig.other.set("visible ü", 1);
            String root = rig.keys.configPrefix();
            rig.commit(
                    Op.put(root + "ü", Bytes.EMPTY, 0),
                    Op.put(root + "a//b", Bytes.EMPTY, 0),
                    Op.put(root + "%2E%2E/x", Bytes.EMPTY, 0));
            assertThat(config.list("")).containsExactly("visible ü");
        }
    }

    @Nested
    class Unreachable {

        @Test
        void theFirstReadFailsWithTheStoresErrorAndALaterOneWorks() {
            rig.faulty.disconnect();
            CoordinationException failure = Failures.of(() -> config.get("a", String.class));
            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure.outcomeUnknown()).isFalse();
            rig.faulty.reconnect();
            rig.other.set("a", "x");
            assertThat(config.get("a", String.class)).contains("x");
        }

        @Test
        void theFirstReadEndsAtTheRequestTimeoutWhenNothingAnswers() {
            HeldCalls held = rig.faulty.onNext(StoreCall.Range.class).hold();
            CompletableFuture<Optional<String>> read = config.getAsync("a", String.class);
            rig.time.advance(ConfigRig.TIMEOUT.minusMillis(1));
            rig.callbacks.runAll();
            assertThat(read).isNotDone();
            rig.time.advance(Duration.ofMillis(1));
            rig.callbacks.runAll();
            CoordinationException failure = Failures.of(read);
            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(failure).hasMessageContaining("reading config key 'a'").hasMessageContaining("5000 ms");
            held.release();
            assertThat(config.get("a", String.class)).isEmpty();
        }

        @Test
        void theLastStateIsServedWhileDisconnected() {
            rig.other.set("a", "old");
            assertThat(config.get("a", String.class)).contains("old");
            rig.faulty.disconnect();
            rig.other.set("a", "new");
            assertThat(config.get("a", String.class)).contains("old");
            assertThat(config.get("never/asked", String.class)).isEmpty();
            rig.faulty.reconnect();
            assertThat(config.get("a", String.class)).contains("new");
        }

        @Test
        void afterALostHistoryTheStateIsReadAnew() {
            rig.commit(rig.put("kept", 1), rig.put("changed", 1), rig.put("gone", 1));
            assertThat(config.list("")).containsExactly("changed", "gone", "kept");
            rig.loseHistory(() -> rig.commit(rig.put("changed", 2), rig.put("new", 1), rig.remove("gone")));
            assertThat(config.list("")).containsExactly("changed", "kept", "new");
            assertThat(config.get("changed", Integer.class)).contains(2);
            assertThat(config.get("gone", Integer.class)).isEmpty();
        }
    }

    @Nested
    class Asynchronous {

        @Test
        void beforeTheFirstLoadTheAnswerComesOnTheCallbackExecutor() {
            rig.other.set("a", List.of("x"));
            HeldCalls held = rig.faulty.onNext(StoreCall.Range.class).holdAnswer();
            var value = config.getAsync("a", NAMES);
            var entry = config.entryAsync("a", NAMES);
            var keys = config.listAsync("");
            held.release();
            assertThat(value).isNotDone();
            rig.callbacks.runAll();
            assertThat(value.join()).contains(List.of("x"));
            assertThat(entry.join().orElseThrow().value()).containsExactly("x");
            assertThat(keys.join()).containsExactly("a");
        }

        @Test
        void afterwardsTheAnswerIsThereAtOnce() {
            rig.other.set("a", Map.of("k", 1));
            assertThat(config.list("")).isNotEmpty();
            assertThat(config.getAsync("a", Map.class)).isCompletedWithValue(Optional.of(Map.of("k", 1)));
            assertThat(config.entryAsync("b", String.class)).isCompletedWithValue(Optional.empty());
            assertThat(config.listAsync("")).isCompletedWithValue(List.of("a"));
        }

        @Test
        void anUnreadableValueFailsTheFuture() {
            rig.putRaw("a", "rubbish");
            CompletableFuture<Optional<String>> first = config.getAsync("a", String.class);
            rig.callbacks.runAll();
            assertThat(Failures.of(first).code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
            assertThat(Failures.of(config.getAsync("a", String.class)).code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
        }
    }
}
