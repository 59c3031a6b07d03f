package io.coordination.memory;

import static io.coordination.memory.StoreCalls.put;
import static io.coordination.memory.StoreCalls.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.store.Store;
import io.coordination.store.StoreProvider;
import io.coordination.testkit.ManualTime;
import java.util.ServiceLoader;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MemoryStoreProviderTest {

    private final ManualTime time = new ManualTime();
    private final MemoryStoreProvider provider = new MemoryStoreProvider();

    @Test
    void theServiceLoaderFindsItForTheMemoryScheme() {
        assertThat(ServiceLoader.load(StoreProvider.class))
                .singleElement()
                .isInstanceOf(MemoryStoreProvider.class)
                .satisfies(found -> assertThat(found.schemes()).containsExactly("memory"));
    }

    @Test
    void coordinatorsThatNameTheSameEndpointShareItsData() {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:test-" + UUID.randomUUID())
                .build();
        try (Store first = provider.open(options, time);
                Store second = provider.open(options, time)) {
            put(first, "/a", "1");

            assertThat(value(second, "/a")).contains("1");
        }
    }

    @Test
    void theNameOfTheEndpointIsTheNameOfTheStore() {
        String name = "test-" + UUID.randomUUID();
        CoordinatorOptions options =
                CoordinatorOptions.builder().endpoints("memory:" + name).build();
        try (Store opened = provider.open(options, time);
                Store named = MemoryStore.named(name, time)) {
            put(named, "/a", "1");

            assertThat(value(opened, "/a")).contains("1");
        }
    }

    @Test
    void anotherSchemeIsRefusedWithTheWayOut() {
        CoordinatorOptions options =
                CoordinatorOptions.builder().endpoints("http://127.0.0.1:2379").build();

        assertThatThrownBy(() -> provider.open(options, time))
                .isInstanceOfSatisfying(
                        CoordinationException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                .hasMessageContaining("such as memory:orders");
    }
}
