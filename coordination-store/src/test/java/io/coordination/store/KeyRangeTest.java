package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyRangeTest {

    @Test
    void aSingleKeyIsAloneInItsRange() {
        KeyRange range = KeyRange.key("/a");

        assertThat(range.isSingle()).isTrue();
        assertThat(range.contains("/a")).isTrue();
        assertThat(range.contains("/a/")).isFalse();
        assertThat(range.contains("/aa")).isFalse();
        assertThat(range.contains("/")).isFalse();
    }

    @Test
    void aPrefixHasAllKeysThatBeginWithItAndNoOther() {
        KeyRange range = KeyRange.prefix("/a/");

        assertThat(range.isSingle()).isFalse();
        assertThat(range).isEqualTo(new KeyRange("/a/", "/a0"));
        assertThat(range.contains("/a/")).isTrue();
        assertThat(range.contains("/a/~~~")).isTrue();
        assertThat(range.contains("/a0")).isFalse();
        assertThat(range.contains("/a")).isFalse();
    }

    @Test
    void theEndIsExclusive() {
        KeyRange range = new KeyRange("b", "d");

        assertThat(range.contains("b")).isTrue();
        assertThat(range.contains("c~")).isTrue();
        assertThat(range.contains("d")).isFalse();
        assertThat(range.isSingle()).isFalse();
    }

    @Test
    void twoKeysAreNoSingleKey() {
        assertThat(new KeyRange("a", "b\0").isSingle()).isFalse();
        assertThat(new KeyRange("a", "a\0\0").isSingle()).isFalse();
    }

    @Test
    void anEmptyRangeIsRefused() {
        assertThatThrownBy(() -> new KeyRange("b", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'b'");
        assertThatThrownBy(() -> new KeyRange("b", "a")).isInstanceOf(IllegalArgumentException.class);
    }
}
