package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens and names of keys. */
class SmallPartsTest {

    private static final long LEASE = 0x1234_5678_9abc_def0L;

    private final Keys names = Keys.ofNamespace("test");
    private final QueueKeys keys = new QueueKeys(names.lockPrefix("a"));

    @Test
    void tokensGrowWithTheKeyAndThenWithTheHold() {
        assertThat(List.of(Tokens.of(7, 0), Tokens.of(7, 1), Tokens.of(7, 65_535), Tokens.of(8, 0)))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1L << 47, Long.MAX_VALUE})
    void aRevisionWithoutRoomIsAnErrorAndNeverWrapsAround(long revision) {
        assertThatThrownBy(() -> Tokens.of(revision, 0))
                .isInstanceOfSatisfying(
                        CoordinationException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR));
    }

    @Test
    void theLargestTokenIsPositive() {
        assertThat(Tokens.of((1L << 47) - 1, 65_535)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aQueueKeyIsALeaseAndANumberBelowTheLock() {
        String key = names.lockKey("a", LEASE, 12);
        assertThat(key).isEqualTo(keys.prefix() + "123456789abcdef0-12");
        assertThat(keys.isMember(key)).isTrue();
        assertThat(keys.range().contains(key)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"!limit", "123456789abcdef0", "123456789abcdef0-", "123456789ABCDEF0-1", "1-1", "x"})
    void nothingElseIsInTheQueue(String suffix) {
        assertThat(keys.isMember(keys.prefix() + suffix)).isFalse();
    }

    @Test
    void queuesOfOtherLocksAreElsewhere() {
        for (String other : List.of("a/b", "ab", "A", "a/", "a ", "%61")) {
            String key = names.lockKey(other, LEASE, 1);
            assertThat(keys.isMember(key)).isFalse();
            assertThat(keys.range().contains(key)).isFalse();
        }
    }

    @Test
    void whatIsStoredBesideTheQueueIsNotReadWithIt() {
        assertThat(keys.range().contains(keys.prefix() + "!limit")).isFalse();
    }

    @Test
    void strangersBelowTheLockAreLeftOut() {
        KeyValue member = new KeyValue(names.lockKey("a", LEASE, 1), Bytes.EMPTY, 5, 5, 1, LEASE);
        KeyValue stranger = new KeyValue(keys.prefix() + "9", Bytes.EMPTY, 3, 3, 1, 0);
        assertThat(keys.members(List.of(stranger, member))).containsExactly(member);
    }
}
