package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class BytesTest {

    @Test
    void keepsACopyAndGivesCopies() {
        byte[] given = {1, 2, 3};
        Bytes bytes = Bytes.copyOf(given);
        given[0] = 9;
        bytes.toArray()[1] = 9;

        assertThat(bytes.toArray()).containsExactly(1, 2, 3);
        assertThat(bytes.size()).isEqualTo(3);
    }

    @Test
    void equalsByContent() {
        assertThat(Bytes.utf8("ä")).isEqualTo(Bytes.copyOf(new byte[] {(byte) 0xC3, (byte) 0xA4}));
        assertThat(Bytes.utf8("ä")).hasSameHashCodeAs(Bytes.utf8("ä"));
        assertThat(Bytes.utf8("a")).isNotEqualTo(Bytes.utf8("b"));
        assertThat(Bytes.utf8("")).isSameAs(Bytes.EMPTY);
        assertThat(Bytes.copyOf(new byte[0])).isSameAs(Bytes.EMPTY);
    }

    @Test
    void decodesUtf8() {
        assertThat(Bytes.utf8("😀").utf8()).isEqualTo("😀");
        assertThat(Bytes.copyOf(new byte[] {(byte) 0xFF}).utf8()).isEqualTo("\uFFFD");
    }

    @Test
    void theBufferCannotBeWritten() {
        assertThat(Bytes.utf8("abc").asReadOnlyBuffer().remaining()).isEqualTo(3);
        assertThatThrownBy(() -> Bytes.utf8("abc").asReadOnlyBuffer().put((byte) 0))
                .isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void theTextNeverShowsTheContent() {
        assertThat(Bytes.utf8("hunter2")).hasToString("7 bytes");
    }
}
