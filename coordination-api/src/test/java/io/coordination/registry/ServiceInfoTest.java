package io.coordination.registry;

import static io.coordination.internal.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceInfoTest {
    private static final ServiceInfo ORDERS = ServiceInfo.of("orders", "10.0.0.7", 8080);

    @Test
    void theShortFormHasNoIdAndNoMetadata() {
        assertThat(ORDERS.id()).isEmpty();
        assertThat(ORDERS.name()).isEqualTo("orders");
        assertThat(ORDERS.address()).isEqualTo("10.0.0.7");
        assertThat(ORDERS.port()).isEqualTo(8080);
        assertThat(ORDERS.metadata()).isEmpty();
        assertThat(ORDERS.ttl()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void nameAddressAndPortMustBeGiven() {
        assertRefused(() -> ServiceInfo.builder().address("a").port(1).build(), "name is null");
        assertRefused(() -> ServiceInfo.builder().name("n").port(1).build(), "address is null");
        assertRefused(() -> ServiceInfo.builder().name("n").address("a").build(), "port is 0");
    }

    @Test
    void idsAndNamesAreOneSegment() {
        assertThat(ORDERS.toBuilder().id("a/b").build().id()).isEqualTo("a/b");
        assertThat(ORDERS.toBuilder().id("a").id("").build().id()).isEmpty();
        assertRefused(() -> ORDERS.toBuilder().id(" "), "id is ");
        assertRefused(() -> ORDERS.toBuilder().id(null), "id is null");
        assertRefused(() -> ORDERS.toBuilder().name(""), "name is \"\"");
        assertRefused(() -> ORDERS.toBuilder().name("a\n"), "name is ");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 65_536})
    void portsHaveLimits(int port) {
        assertRefused(() -> ServiceInfo.of("orders", "a", port), "port is " + port, "between 1 and 65535");
    }

    @Nested
    class Address {
        @ParameterizedTest
        @CsvSource({
            "localhost,localhost,localhost:1", "10.0.0.7,10.0.0.7,10.0.0.7:1",
                    "my_host.example,my_host.example,my_host.example:1",
            "::1,::1,[::1]:1", "[::1],::1,[::1]:1", "fe80::1%eth0,fe80::1%eth0,[fe80::1%eth0]:1"
        })
        void hostsAndIpAddressesAreAccepted(String given, String address, String authority) {
            ServiceInfo service = ServiceInfo.of("orders", given, 1);
            assertThat(service.address()).isEqualTo(address);
            assertThat(service.authority()).isEqualTo(authority);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", " ", "a b", "http://a", "a/b", "[]", "[::1", "user@host", "a\u0000"})
        void otherTextsAreRefused(String address) {
            assertRefused(() -> ServiceInfo.of("orders", address, 1), "address is ");
        }

        @Test
        void aPortDoesNotBelongIntoIt() {
            assertRefused(() -> ServiceInfo.of("orders", "a:8080", 1), "address is \"a:8080\"", "port separately");
            assertRefused(() -> ServiceInfo.of("orders", "a".repeat(256), 1), "address is ");
        }
    }

    @Nested
    class Metadata {
        @Test
        void isCopiedAndSorted() {
            Map<String, String> given = new HashMap<>(Map.of("zone", "b", "app", "1", "module", ""));
            ServiceInfo service = ORDERS.toBuilder().metadata(given).build();
            given.clear();
            assertThat(service.metadata())
                    .containsExactly(Map.entry("app", "1"), Map.entry("module", ""), Map.entry("zone", "b"));
            assertThat(service.metadata()).isUnmodifiable();
        }

        @Test
        void aBuilderDoesNotReachIntoWhatItBuilt() {
            ServiceInfo.Builder builder = ORDERS.toBuilder().metadata("a", "1");
            ServiceInfo first = builder.build();
            builder.metadata("b", "2");
            assertThat(first.metadata()).containsOnlyKeys("a");
            assertThat(builder.build().metadata()).containsOnlyKeys("a", "b");
            assertThat(builder.metadata(Map.of("c", "3")).build().metadata()).containsOnlyKeys("c");
        }

        @Test
        void badEntriesAreRefusedAndChangeNothing() {
            ServiceInfo.Builder builder = ORDERS.toBuilder().metadata("a", "1");
            Map<String, String> withNull = new HashMap<>();
            withNull.put("b", null);
            assertRefused(() -> builder.metadata(withNull), "the metadata value of b is null");
            assertRefused(() -> builder.metadata(Map.of("", "x")), "a metadata key is \"\"");
            assertRefused(() -> builder.metadata(" ", "x"), "a metadata key is ");
            assertRefused(() -> builder.metadata("b", null), "the metadata value of b is null");
            assertRefused(() -> builder.metadata("b", "\uD83D"), "the metadata value of b is ");
            assertRefused(() -> builder.metadata(null), "metadata is null");
            assertThat(builder.build().metadata()).containsOnlyKeys("a");
        }

        @Test
        void hasAtMost64Kibibytes() {
            assertThat(ORDERS.toBuilder()
                            .metadata("k", "v".repeat(65_535))
                            .build()
                            .metadata())
                    .hasSize(1);
            assertRefused(
                    () -> ORDERS.toBuilder().metadata("k", "v".repeat(65_536)).build(),
                    "metadata size in bytes is 65537",
                    "64 KiB");
            assertRefused(
                    () -> ORDERS.toBuilder().metadata("k", "ж".repeat(32_768)).build(),
                    "metadata size in bytes is 65537");
        }
    }

    @Test
    void equalityIsByValue() {
        ServiceInfo service = ORDERS.toBuilder()
                .id("1")
                .metadata("a", "secret")
                .ttl(Duration.ofSeconds(9))
                .build();
        assertThat(service.toBuilder().build()).isEqualTo(service).hasSameHashCodeAs(service);
        assertThat(service.toBuilder().id("2").build()).isNotEqualTo(service);
        assertThat(service.toBuilder().name("x").build()).isNotEqualTo(service);
        assertThat(service.toBuilder().address("x").build()).isNotEqualTo(service);
        assertThat(service.toBuilder().port(1).build()).isNotEqualTo(service);
        assertThat(service.toBuilder().metadata("b", "").build()).isNotEqualTo(service);
        assertThat(service.toBuilder().ttl(Duration.ofSeconds(8)).build()).isNotEqualTo(service);
    }

    @Test
    void theTextShowsMetadataKeysOnly() {
        ServiceInfo service =
                ORDERS.toBuilder().id("1").metadata("token", "secret").build();
        assertThat(service).hasToString("ServiceInfo[orders/1 at 10.0.0.7:8080, metadata=[token], ttl=30 s]");
        assertThat(ORDERS.toString()).contains("orders/(no id)");
    }

    @Test
    void ttlsAreRoundedUpWithinTheirLimits() {
        assertThat(ORDERS.toBuilder().ttl(Duration.ofMillis(2_500)).build().ttl())
                .isEqualTo(Duration.ofSeconds(3));
        assertRefused(() -> ORDERS.toBuilder().ttl(Duration.ofSeconds(1)), "ttl is 1 s");
    }
}
