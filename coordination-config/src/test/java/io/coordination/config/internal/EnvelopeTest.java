package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

    @Test
    void jsonIsWrappedWithVersionTypeAndOperation() {
        assertThat(ValueCodec.encode(5, "ab").utf8()).isEqualTo("{\"v\":1,\"type\":\"json\",\"op\":\"ab\",\"data\":5}");
    }

    @Test
    void bytesAreWrappedAsBase64() {
        assertThat(ValueCodec.encode(new byte[] {1, 2, 3}, "ab").utf8())
                .isEqualTo("{\"v\":1,\"type\":\"bytes\",\"op\":\"ab\",\"data\":\"AQID\"}");
    }

    @Test
    void theOperationCanBeReadBack() {
        assertThat(Envelope.operationOf(ValueCodec.encode("x", "4711"))).contains("4711");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "raw", "5", "{\"v\":1,\"type\":\"json\",\"data\":5}", "{\"op\":7}", "{\"op\":\"7\""})
    void valuesOfOtherToolsHaveNoOperation(String content) {
        assertThat(Envelope.operationOf(Bytes.utf8(content))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"v\":1,\"type\":\"json\",\"data\":5}",
                "{\"data\":5,\"type\":\"json\",\"v\":1}",
                "{\"v\":1,\"by\":{\"data\":6,\"v\":2},\"type\":\"json\",\"tags\":[7],\"data\":5,\"op\":\"x\"}",
                " { \"v\" : 1 , \"type\" : \"json\" , \"data\" : 5 } \n",
            })
    void fieldsComeInAnyOrderAndUnknownOnesAreIgnored(String content) {
        assertThat(ValueCodec.decode("k", Bytes.utf8(content), Wanted.of(Integer.class)))
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|0 bytes that are no value of this SDK",
                "s3cret|6 bytes that are no value of this SDK",
                "5|1 bytes that are no value of this SDK",
                "[\"s3cret\"]|10 bytes that are no value of this SDK",
                "{}|a JSON object that is no value of this SDK",
                "{\"password\":\"s3cret\"}|a JSON object that is no value of this SDK",
                "{\"v\":1,\"type\":\"json\"}|a JSON object that is no value of this SDK",
                "{\"v\":\"1\",\"type\":\"json\",\"data\":5}|a JSON object that is no value of this SDK",
                "{\"v\":2,\"type\":\"json\",\"data\":\"s3cret\"}|a value in envelope version 2",
                "{\"v\":1,\"type\":\"yaml\",\"data\":\"s3cret\"}|a value of the type 'yaml'",
                "{\"v\":1,\"type\":\"My s3cret\",\"data\":5}|a value of another type",
                "{\"v\":1,\"type\":\"json\",\"data\":5} s3cret|bytes that are no value of this SDK",
                "{\"v\":1,\"type\":\"json\",\"data\":5|bytes that are no value of this SDK",
                "{\"v\":1,\"type\":\"bytes\",\"data\":\"!s3cret!\"}|not valid base64",
                "{\"v\":1,\"type\":\"bytes\",\"data\":5}|not valid base64",
            })
    void whatIsNoValueOfOursIsDescribedAndNeverShown(String content, String description) {
        Class<?> type = content.contains("\"bytes\"") ? byte[].class : String.class;
        CoordinationException failure =
                Failures.of(() -> ValueCodec.decode("app/key", Bytes.utf8(content), Wanted.of(type)));
        assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
        assertThat(failure).hasMessageContaining("config key 'app/key' holds").hasMessageContaining(description);
        assertThat(failure.getMessage()).doesNotContain("s3cret");
        assertThat(failure).hasNoCause();
    }

    @Test
    void bytesThatAreNoUtf8AreNoEnvelope() {
        byte[] content = "{\"v\":1,\"type\":\"json\",\"data\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        content[content.length - 3] = (byte) 0xC3;
        CoordinationException failure =
                Failures.of(() -> ValueCodec.decode("k", Bytes.copyOf(content), Wanted.of(String.class)));
        assertThat(failure.code()).isEqualTo(ErrorCode.SERIALIZATION_ERROR);
        assertThatCode(() -> Envelope.operationOf(Bytes.copyOf(content))).doesNotThrowAnyException();
    }
}
