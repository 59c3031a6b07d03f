package io.coordination.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.config.Version;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class GuardedWriteTest {

    private static final byte[] VALUE = {1, 2, 3};

    private static void assertRefused(String part, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                .hasMessageContaining(part);
    }

    @Test
    void hasWhatItWasGivenInOrder() {
        GuardedWrite write =
                GuardedWrite.on("ledger").put("/b", VALUE).put("/a", VALUE).delete("/c");
        assertThat(write.resource()).isEqualTo("ledger");
        assertThat(write.puts().keySet()).containsExactly("/b", "/a");
        assertThat(write.deletes()).containsExactly("/c");
    }

    @Test
    void doesNotChange() {
        byte[] given = VALUE.clone();
        GuardedWrite empty = GuardedWrite.on("ledger");
        GuardedWrite write = empty.put("/a", given);
        given[0] = 9;
        write.puts().get("/a")[0] = 9;
        assertThat(write.puts().get("/a")).isEqualTo(VALUE);
        assertThat(empty.puts()).isEmpty();
        assertThatThrownBy(() -> write.deletes().add("/b")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void neverShowsValues() {
        assertThat(GuardedWrite.on("ledger").put("/secret", VALUE))
                .hasToString("GuardedWrite[resource=ledger, puts=1, deletes=0]");
    }

    @Test
    @SuppressWarnings("NullAway") // what happens to null is the question here
    void refusesWhatCannotBeWritten() {
        GuardedWrite write = GuardedWrite.on("ledger").put("/a", VALUE).delete("/b");
        assertRefused("resource", () -> GuardedWrite.on(""));
        assertRefused("key", () -> write.put(null, VALUE));
        assertRefused("value", () -> write.put("/c", null));
        assertRefused("empty", () -> write.delete(""));
        assertRefused("1024 bytes", () -> write.delete("ü".repeat(513)));
        assertRefused("once", () -> write.put("/a", VALUE));
        assertRefused("once", () -> write.put("/b", VALUE));
        assertRefused("once", () -> write.delete("/a"));
        assertRefused("well-formed", () -> write.delete("/\ud83d"));
    }

    @Test
    void hasAtMostAHundredKeys() {
        GuardedWrite write = GuardedWrite.on("ledger");
        for (int i = 0; i < 100; i++) {
            write = i % 2 == 0 ? write.put("/" + i, VALUE) : write.delete("/" + i);
        }
        GuardedWrite full = write;
        assertRefused("100", () -> full.delete("/more"));
        assertRefused("100", () -> full.put("/more", VALUE));
    }

    @Test
    void aConflictSaysWhichTokenIsGreater() {
        ConflictException overtaken = ConflictException.overtaken("too late", 7, true);
        assertThat(overtaken.greaterToken()).hasValue(7);
        assertThat(overtaken.outcomeUnknown()).isTrue();
        assertThat(overtaken.current()).isEmpty();
        assertThat(new ConflictException("other", Version.ABSENT).greaterToken())
                .isEmpty();
        assertThat(new ConflictException("other").greaterToken()).isEmpty();
    }
}
