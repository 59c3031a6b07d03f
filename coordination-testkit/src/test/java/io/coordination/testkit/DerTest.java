package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DerTest {

    @Test
    void objectIdentifiersUseSevenBitsAByte() {
        assertThat(hex(Der.oid("1.2.840.10045.4.3.2"))).isEqualTo("06082a8648ce3d040302");
        assertThat(hex(Der.oid("2.5.29.17"))).isEqualTo("0603551d11");
    }

    @Test
    void integersKeepASignByte() {
        assertThat(hex(Der.integer(BigInteger.valueOf(2)))).isEqualTo("020102");
        assertThat(hex(Der.integer(BigInteger.valueOf(255)))).isEqualTo("020200ff");
    }

    @Test
    void lengthsGrowWithTheContent() {
        assertThat(hex(Der.octets(new byte[127]))).startsWith("047f00");
        assertThat(hex(Der.octets(new byte[128]))).startsWith("04818000");
        assertThat(hex(Der.octets(new byte[256]))).startsWith("0482010000");
    }

    @Test
    void timesAreUtcWithoutCentury() {
        assertThat(new String(Der.time(Instant.parse("2031-02-03T04:05:06Z")), 2, 13, StandardCharsets.US_ASCII))
                .isEqualTo("310203040506Z");
    }

    @Test
    void sequencesAndContextTagsAreConstructed() {
        assertThat(hex(Der.sequence(Der.bool(), Der.utf8("é")))).isEqualTo("30070101ff0c02c3a9");
        assertThat(hex(Der.context(3, Der.set()))).isEqualTo("a3023100");
        assertThat(hex(Der.implicit(2, new byte[] {0x61}))).isEqualTo("820161");
        assertThat(hex(Der.bits(7, new byte[] {(byte) 0x80}))).isEqualTo("03020780");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
