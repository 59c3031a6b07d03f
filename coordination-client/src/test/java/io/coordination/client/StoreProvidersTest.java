package io.coordination.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.memory.MemoryStoreProvider;
import io.coordination.store.Store;
import io.coordination.store.StoreProvider;
import io.coordination.store.TimeSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StoreProvidersTest {

    private record Provider(Set<String> schemes) implements StoreProvider {
        @Override
        public Store open(CoordinatorOptions options, TimeSource time) {
            throw new UnsupportedOperationException("a provider that is only looked at");
        }
    }

    @Test
    void theSchemeChoosesTheProvider() {
        StoreProvider memory = new MemoryStoreProvider();
        StoreProvider etcd = new EtcdStoreProvider();

        assertThat(StoreProviders.forScheme("memory", List.of(etcd, memory))).isSameAs(memory);
        assertThat(StoreProviders.forScheme("https", List.of(etcd, memory))).isSameAs(etcd);
    }

    @Test
    void noProviderForASchemeNamesWhatIsThereAndTheArtifactToAdd() {
        assertThatThrownBy(() -> StoreProviders.forScheme("memory", List.of(new EtcdStoreProvider())))
                .asInstanceOf(type(CoordinationException.class))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.VALIDATION_ERROR))
                .satisfies(failure -> assertThat(failure.getMessage())
                        .contains("endpoints", "'memory'", "[http, https]", "io.coordination:coordination-memory"));
    }

    @Test
    void twoProvidersForASchemeAreRefusedAndListed() {
        List<StoreProvider> found = List.of(new Provider(Set.of("http")), new EtcdStoreProvider());

        assertThatThrownBy(() -> StoreProviders.forScheme("http", found))
                .asInstanceOf(type(CoordinationException.class))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_STATE))
                .satisfies(failure -> assertThat(failure.getMessage())
                        .contains("'http'", Provider.class.getName(), EtcdStoreProvider.class.getName()));
    }
}
