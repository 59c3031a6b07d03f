package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.config.ConfigEntry;
import io.coordination.config.Version;
import io.coordination.testkit.HeldCalls;
import io.coordination.testkit.StoreCall;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LostAnswerTest {

    private final ConfigRig rig = new ConfigRig();
    private final MirroredConfig config = rig.config;

    private String stored() {
        return rig.other.get("a", String.class).orElse("nothing");
    }

    private Version storedVersion() {
        return rig.other.entry("a", String.class).map(ConfigEntry::version).orElse(Version.ABSENT);
    }

    private void loseTheNextAnswer() {
        rig.faulty.onNextTxn(txn -> true).loseAnswer();
    }

    private void loseTheNextRequest() {
        rig.faulty.onNextTxn(txn -> true).loseRequest();
    }

    /** The next write is answered to nobody, and before its caller learns that, others are at it. */
    private void loseTheNextAnswerWhile(Runnable others) {
        loseTheNextAnswer();
        rig.faulty.onNext(StoreCall.Range.class).runBefore(others);
    }

    @Nested
    class OfSetOverAValue {

        @BeforeEach
        void aValueThatIsKnown() {
            rig.other.set("a", "old");
            config.get("a", String.class);
        }

        @Test
        void isFoundWhenItWasApplied() {
            loseTheNextAnswer();
            Version version = config.set("a", "mine");
            assertThat(stored()).isEqualTo("mine");
            assertThat(version).isEqualTo(storedVersion());
            assertThat(rig.faulty.txns()).hasSize(1);
        }

        @Test
        void isSentAgainWhenItWasNotApplied() {
            loseTheNextRequest();
            assertThat(config.set("a", "mine")).isEqualTo(storedVersion());
            assertThat(stored()).isEqualTo("mine");
        }

        @Test
        void isGivenUpAfterTheConfiguredAttempts() {
            rig.faulty.onEveryTxn(txn -> true).loseRequest();
            Failures.assertUnknown(Failures.of(() -> config.set("a", "mine")));
            assertThat(rig.faulty.txns()).hasSize(3);
        }

        @Test
        void neverUndoesANewerValue() {
            loseTheNextAnswerWhile(() -> rig.other.set("a", "newer"));
            Failures.assertUnknown(Failures.of(() -> config.set("a", "mine")));
            assertThat(stored()).isEqualTo("newer");
        }

        @Test
        void neverUndoesANewerDelete() {
            loseTheNextAnswerWhile(() -> rig.other.delete("a"));
            Failures.assertUnknown(Failures.of(() -> config.set("a", "mine")));
            assertThat(stored()).isEqualTo("nothing");
        }

        @Test
        void neverUndoesANewerLife() {
            loseTheNextAnswerWhile(() -> {
                rig.other.delete("a");
                rig.other.set("a", "reborn");
            });
            Failures.assertUnknown(Failures.of(() -> config.set("a", "mine")));
            assertThat(stored()).isEqualTo("reborn");
        }

        @Test
        void doesNotKeepTheLastWriterFromWinningWhenTheRequestWasSurelyOvertaken() {
            rig.faulty.watches().hold();
            rig.faulty.onNextTxn(txn -> true).loseRequest();
            rig.faulty.onNext(StoreCall.Range.class).runBefore(() -> rig.other.set("a", "between"));
            CompletableFuture<Version> set = config.setAsync("a", "mine");
            rig.faulty.watches().release();
            rig.callbacks.runAll();
            assertThat(set).isCompletedWithValue(storedVersion());
            assertThat(stored()).isEqualTo("mine");
        }

        @Test
        void isForgottenOnceTheRequestWasSurelyOvertaken() {
            rig.faulty.onNextTxn(txn -> true).runBefore(() -> {
                rig.other.set("a", "second");
                rig.other.set("a", "third");
            });
            loseTheNextRequest();
            rig.faulty.onNext(StoreCall.Range.class).runBefore(() -> rig.other.set("a", "first"));
            assertThat(config.set("a", "mine")).isEqualTo(storedVersion());
            assertThat(stored()).isEqualTo("mine");
        }

        @Test
        void isUnknownWhenTheKeyCannotBeReadBack() {
            loseTheNextAnswer();
            rig.faulty.onNext(StoreCall.Range.class).loseRequest();
            Failures.assertUnknown(Failures.of(() -> config.set("a", "mine")));
        }

        @Test
        void isUnknownWhenTheSecondAttemptIsRefusedForAnotherReason() {
            rig.faulty
                    .onNextTxn(txn -> true)
                    .refuse(CoordinationException.of(ErrorCode.PERMISSION_DENIED, "not allowed"));
            loseTheNextRequest();
            Failures.assertUnknown(Failures.of(() -> config.set("a", "mine")));
        }

        @Test
        void aRequestThatArrivesAfterItsSecondAttemptIsRefused() {
            HeldCalls late = rig.faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<Version> set = config.setAsync("a", "mine");
            late.timeOut();
            rig.callbacks.runAll();
            assertThat(set).isCompletedWithValue(storedVersion());
            rig.other.set("a", "newer");
            late.release();
            assertThat(stored()).isEqualTo("newer");
        }

        @Test
        void aRequestThatArrivesBeforeItsSecondAttemptCountsOnce() {
            HeldCalls late = rig.faulty.onNextTxn(txn -> true).hold();
            CompletableFuture<Version> set = config.setAsync("a", "mine");
            rig.faulty.onNextTxn(txn -> true).runBefore(late::release);
            long before = storedVersion().revision();
            late.timeOut();
            rig.callbacks.runAll();
            assertThat(set).isCompletedWithValue(storedVersion());
            assertThat(storedVersion().revision()).isEqualTo(before + 1);
        }

        @Test
        void aRequestThatTheNetworkDoublesDoesNotUndoANewerValue() {
            HeldCalls copy = rig.faulty.onNextTxn(txn -> true).duplicate();
            config.set("a", "mine");
            rig.other.set("a", "newer");
            copy.release();
            assertThat(stored()).isEqualTo("newer");
        }
    }

    @Nested
    class OfACreation {

        @Test
        void isFoundWhenItWasApplied() {
            loseTheNextAnswer();
            assertThat(config.set("a", "mine")).isEqualTo(storedVersion());
            loseTheNextAnswer();
            assertThat(config.compareAndSet("b", Version.ABSENT, 1))
                    .isEqualTo(rig.other.entry("b", Integer.class).orElseThrow().version());
        }

        @Test
        void isNotRepeatedBecauseTheKeyMayHaveBeenDeletedSince() {
            config.get("a", String.class);
            loseTheNextAnswerWhile(() -> rig.other.delete("a"));
            Failures.assertUnknown(Failures.of(() -> config.set("a", "mine")));
            assertThat(stored()).isEqualTo("nothing");
        }

        @Test
        void isUnknownWhenTheRequestGotLost() {
            loseTheNextRequest();
            Failures.assertUnknown(Failures.of(() -> config.compareAndSet("a", Version.ABSENT, "mine")));
            assertThat(rig.faulty.txns()).hasSize(1);
        }
    }

    @Nested
    class OfCompareAndSet {

        private Version known;

        @BeforeEach
        void aValueThatIsKnown() {
            known = rig.other.set("a", "old");
            config.get("a", String.class);
        }

        @Test
        void isFoundWhenItWasApplied() {
            loseTheNextAnswer();
            assertThat(config.compareAndSet("a", known, "mine")).isEqualTo(storedVersion());
            assertThat(stored()).isEqualTo("mine");
        }

        @Test
        void isSentAgainWhenItWasNotApplied() {
            loseTheNextRequest();
            assertThat(config.compareAndSet("a", known, "mine")).isEqualTo(storedVersion());
            assertThat(stored()).isEqualTo("mine");
        }

        @Test
        void isAConflictWhenOneOtherPutCameFirst() {
            loseTheNextRequest();
            rig.faulty.onNext(StoreCall.Range.class).runBefore(() -> rig.other.set("a", "theirs"));
            ConflictException conflict =
                    catchThrowableOfType(ConflictException.class, () -> config.compareAndSet("a", known, "mine"));
            assertThat(conflict.current()).contains(storedVersion());
            assertThat(stored()).isEqualTo("theirs");
        }

        @Test
        void isUnknownWhenItMayHaveBeenAppliedAndReplaced() {
            loseTheNextAnswerWhile(() -> rig.other.set("a", "theirs"));
            Failures.assertUnknown(Failures.of(() -> config.compareAndSet("a", known, "mine")));
            assertThat(stored()).isEqualTo("theirs");
        }

        @Test
        void isUnknownWithoutAPictureOfTheExpectedVersion() {
            MirroredConfig blind = rig.centre(rig.faulty, rig.keys, rig.callbacks);
            loseTheNextRequest();
            rig.faulty.onNext(StoreCall.Range.class).runBefore(() -> rig.other.set("a", "theirs"));
            Failures.assertUnknown(Failures.of(() -> blind.compareAndSet("a", known, "mine")));
        }
    }

    @Nested
    class OfDelete {

        @BeforeEach
        void aValueThatIsKnown() {
            rig.other.set("a", "old");
        }

        @Test
        void isToldAsUnknownWhenTheEngineGaveUp() {
            loseTheNextAnswer();
            Failures.assertUnknown(Failures.of(() -> config.delete("a")));
            assertThat(stored()).isEqualTo("nothing");
        }

        @Test
        void isTrueWhenTheEngineRepeatedIt() {
            // The engine sends a repeatable transaction again: its own first copy was applied, the second is refused.
            rig.faulty.onNextTxn(txn -> true).runBefore(() -> rig.other.delete("a"));
            assertThat(config.delete("a")).isTrue();
        }

        @Test
        void neverDeletesALaterLife() {
            rig.faulty.onNextTxn(txn -> true).runBefore(() -> {
                rig.other.delete("a");
                rig.other.set("a", "reborn");
            });
            assertThat(config.delete("a")).isTrue();
            assertThat(stored()).isEqualTo("reborn");
        }

        @Test
        void readsShowADeleteOfUnknownRevision() {
            config.get("a", String.class);
            rig.faulty.watches().hold();
            rig.faulty.onNextTxn(txn -> true).runBefore(() -> rig.other.delete("a"));
            CompletableFuture<Boolean> delete = config.deleteAsync("a");
            rig.callbacks.runAll();
            assertThat(delete).isNotDone();
            rig.faulty.watches().release();
            rig.callbacks.runAll();
            assertThat(delete).isCompletedWithValue(true);
            assertThat(config.get("a", String.class)).isEmpty();
        }
    }
}
