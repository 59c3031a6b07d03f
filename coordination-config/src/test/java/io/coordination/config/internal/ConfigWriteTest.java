package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.config.Version;
import io.coordination.store.RangeQuery;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConfigWriteTest {

    private final ConfigRig rig = new ConfigRig();
    private final MirroredConfig config = rig.config;

    private ConflictException conflict(Version expected) {
        return catchThrowableOfType(ConflictException.class, () -> config.compareAndSet("a", expected, "mine"));
    }

    @Nested
    class Versions {

        @Test
        void aVersionIsTheModRevisionOfTheKey() {
            config.set("a", 1);
            Version version = config.set("a", 2);
            long revision = rig.memory
                    .range(RangeQuery.key(rig.keys.configKey("a")))
                    .join()
                    .first()
                    .orElseThrow()
                    .modRevision();
            assertThat(version).isEqualTo(new Version(revision));
        }

        @Test
        void setReplacesWhateverIsThere() {
            rig.other.set("a", "theirs");
            config.set("a", "mine");
            rig.other.set("a", "theirs again");
            config.set("a", "mine again");
            assertThat(rig.other.get("a", String.class)).contains("mine again");
        }

        @Test
        void aKnownStateSavesTheRead() {
            config.get("a", String.class);
            int before = rig.faulty.calls().size();
            config.set("a", 1);
            config.set("a", 2);
            assertThat(rig.faulty.calls()).hasSize(before + 2);
        }

        @Test
        void setGoesOnWhenItsPictureWasOld() {
            config.set("a", 1);
            config.get("a", Integer.class);
            rig.faulty.watches().hold();
            rig.other.set("a", 2);
            rig.other.set("a", 3);
            CompletableFuture<Version> set = config.setAsync("a", 4);
            rig.faulty.watches().release();
            rig.callbacks.runAll();
            assertThat(set).isCompleted();
            assertThat(rig.other.get("a", Integer.class)).contains(4);
        }

        @Test
        void compareAndSetReplacesExactlyTheExpectedVersion() {
            Version first = config.compareAndSet("a", Version.ABSENT, "one");
            Version second = config.compareAndSet("a", first, "two");
            assertThat(second).isGreaterThan(first);
            assertThat(conflict(first).current()).contains(second);
            assertThat(rig.other.get("a", String.class)).contains("two");
        }

        @Test
        void aConflictTellsWhatIsStored() {
            assertThat(conflict(new Version(99)).current()).contains(Version.ABSENT);
            Version stored = rig.other.set("a", "theirs");
            ConflictException conflict = conflict(Version.ABSENT);
            assertThat(conflict.current()).contains(stored);
            assertThat(conflict.outcomeUnknown()).isFalse();
            assertThat(conflict)
                    .hasMessageContaining("config key 'a'")
                    .hasMessageContaining("version " + stored.revision())
                    .hasMessageContaining("no value");
        }

        @Test
        void aVersionOfAnEarlierLifeDoesNotFit() {
            Version first = config.set("a", 1);
            config.delete("a");
            Version second = config.set("a", 1);
            assertThat(conflict(first).current()).contains(second);
        }

        @Test
        void deleteTellsWhetherThereWasSomething() {
            assertThat(config.delete("a")).isFalse();
            config.set("a", 1);
            assertThat(config.delete("a")).isTrue();
            assertThat(config.delete("a")).isFalse();
        }

        @Test
        void deleteGoesOnWhenTheValueChangesUnderIt() {
            config.set("a", 1);
            rig.faulty.onNextTxn(txn -> true).runBefore(() -> rig.other.set("a", 2));
            assertThat(config.delete("a")).isTrue();
            assertThat(rig.other.get("a", Integer.class)).isEmpty();
        }
    }

    @Nested
    class OwnWritesAreRead {

        private <T> T settled(CompletableFuture<T> write) {
            assertThat(write).isNotDone();
            rig.faulty.watches().release();
            rig.callbacks.runAll();
            assertThat(write).isCompleted();
            return write.join();
        }

        @Test
        void aWriteReturnsWhenReadsShowIt() {
            config.get("a", String.class);
            rig.faulty.watches().hold();
            settled(config.setAsync("a", "x"));
            assertThat(config.get("a", String.class)).contains("x");
        }

        @Test
        void aCompareAndSetReturnsWhenReadsShowIt() {
            config.get("a", String.class);
            rig.faulty.watches().hold();
            settled(config.compareAndSetAsync("a", Version.ABSENT, "x"));
            assertThat(config.get("a", String.class)).contains("x");
        }

        @Test
        void aDeleteReturnsWhenReadsShowIt() {
            config.set("a", "x");
            config.get("a", String.class);
            rig.faulty.watches().hold();
            assertThat(settled(config.deleteAsync("a"))).isTrue();
            assertThat(config.get("a", String.class)).isEmpty();
        }

        @Test
        void aWriteDuringTheFirstLoadIsShownByIt() {
            HeldCalls load = rig.faulty.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<List<String>> list = config.listAsync("");
            CompletableFuture<Version> set = config.setAsync("a", "x");
            rig.callbacks.runAll();
            assertThat(set).isNotDone();
            load.release();
            rig.callbacks.runAll();
            assertThat(set).isCompleted();
            assertThat(list).isCompleted();
            assertThat(config.get("a", String.class)).contains("x");
        }

        @Test
        void aMirrorThatLagsDelaysAWriteButDoesNotFailIt() {
            config.get("a", String.class);
            rig.faulty.watches().hold();
            CompletableFuture<Version> set = config.setAsync("a", "x");
            rig.callbacks.runAll();
            assertThat(set).isNotDone();
            rig.time.advance(ConfigRig.TIMEOUT);
            rig.callbacks.runAll();
            assertThat(set).isCompleted();
            assertThat(rig.other.get("a", String.class)).contains("x");
        }

        @Test
        void aConflictIsToldWhenReadsShowWhatWasInTheWay() {
            Version first = config.set("a", "x");
            config.get("a", String.class);
            rig.faulty.watches().hold();
            Version second = rig.other.set("a", "y");
            CompletableFuture<Version> cas = config.compareAndSetAsync("a", first, "z");
            rig.callbacks.runAll();
            assertThat(cas).isNotDone();
            rig.faulty.watches().release();
            rig.callbacks.runAll();
            assertThat(Failures.of(cas)).isInstanceOf(ConflictException.class);
            assertThat(config.entry("a", String.class).orElseThrow().version()).isEqualTo(second);
        }

        @Test
        void aConflictWithADeleteIsToldWhenReadsShowTheDelete() {
            Version first = config.set("a", "x");
            config.get("a", String.class);
            rig.faulty.watches().hold();
            rig.other.delete("a");
            CompletableFuture<Version> cas = config.compareAndSetAsync("a", first, "z");
            rig.callbacks.runAll();
            assertThat(cas).isNotDone();
            rig.faulty.watches().release();
            rig.callbacks.runAll();
            assertThat(Failures.of(cas)).isInstanceOf(ConflictException.class);
            assertThat(config.entry("a", String.class)).isEmpty();
        }

        @Test
        void aConflictOverALaggingMirrorIsToldAtTheDeadlineAsAConflict() {
            Version first = config.set("a", "x");
            config.get("a", String.class);
            rig.faulty.watches().hold();
            rig.other.set("a", "y");
            CompletableFuture<Version> cas = config.compareAndSetAsync("a", first, "z");
            rig.time.advance(ConfigRig.TIMEOUT);
            rig.callbacks.runAll();
            assertThat(Failures.of(cas)).isInstanceOf(ConflictException.class);
        }
    }

    @Nested
    class Deadlines {

        @Test
        void aWriteWithoutAnswerEndsAtTheRequestTimeoutWithAnUnknownOutcome() {
            HeldCalls held = rig.faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<Version> set = config.setAsync("a", "x");
            rig.time.advance(ConfigRig.TIMEOUT);
            rig.callbacks.runAll();
            CoordinationException failure = Failures.of(set);
            Failures.assertUnknown(failure);
            assertThat(failure).hasMessageContaining("setting config key 'a'").hasMessageContaining("may have been");
            held.release();
            assertThat(rig.other.get("a", String.class)).contains("x");
        }

        @Test
        void aWriteThatCouldNotEvenReadSurelyDidNothing() {
            rig.faulty.onNext(StoreCall.Range.class).hold();
            CompletableFuture<Boolean> delete = config.deleteAsync("a");
            rig.time.advance(ConfigRig.TIMEOUT);
            rig.callbacks.runAll();
            assertThat(Failures.of(delete).code()).isEqualTo(ErrorCode.TIMEOUT_ERROR);
            assertThat(Failures.of(delete).outcomeUnknown()).isFalse();
        }

        @Test
        void aRefusalOfTheServerIsPassedOn() {
            rig.faulty
                    .onNextTxn(txn -> true)
                    .refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "not allowed"));
            CoordinationException failure = Failures.of(() -> config.set("a", "x"));
            assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
            assertThat(failure.outcomeUnknown()).isFalse();
        }

        @Test
        void anInterruptEndsABlockingCallAndStaysSet() {
            HeldCalls held = rig.faulty.onNextTxn(txn -> true).hold();
            Thread.currentThread().interrupt();
            CoordinationException failure = Failures.of(() -> config.set("a", "x"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(failure.code()).isEqualTo(ErrorCode.CANCELLED);
            assertThat(failure.outcomeUnknown()).isTrue();
            assertThat(rig.time.pendingTasks()).isZero();
            held.drop();
        }

        @Test
        void aCancelledFutureEndsTheCall() {
            HeldCalls held = rig.faulty.onNext(StoreCall.Range.class).holdAnswer();
            CompletableFuture<Version> set = config.setAsync("a", "x");
            set.cancel(true);
            assertThat(rig.time.pendingTasks()).isZero();
            held.release();
            assertThat(rig.faulty.txns()).isEmpty();
        }

        @Test
        void nothingStaysBehindAWrite() {
            config.set("a", "x");
            config.delete("a");
            assertThat(rig.time.pendingTasks()).isZero();
        }
    }
}
