package io.coordination.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class EtcdExtensionIT {

    @RegisterExtension
    static final EtcdExtension own = EtcdExtension.of(EtcdCluster.builder().version("3.4"));

    @RegisterExtension
    static final EtcdExtension shared = EtcdExtension.shared("3.5");

    @RegisterExtension
    static final EtcdExtension sharedToo = EtcdExtension.shared("3.5");

    @Test
    void theOwnClusterRuns() {
        own.etcdctl("put", "outer", "1");

        assertThat(own.cluster().version()).startsWith("3.4.");
        assertThat(own.endpoints()).hasSize(1);
    }

    @Test
    void sharedClustersOfOneVersionAreOne() {
        assertThat(shared.cluster()).isSameAs(sharedToo.cluster()).isNotSameAs(own.cluster());
        assertThat(shared.cluster().version()).startsWith("3.5.");
    }

    @Test
    void anExtensionThatWasNotRegisteredSaysSo() {
        EtcdExtension unregistered = EtcdExtension.shared("3.5");

        assertThatThrownBy(unregistered::cluster)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@RegisterExtension");
    }

    @Nested
    class Inside {

        @Test
        void nestedClassesUseTheClusterOfTheOuterClass() {
            assertThat(own.etcdctl("endpoint", "health")).isNotNull();
            assertThat(own.cluster().member(0).isHealthy()).isTrue();
        }
    }

    @Nested
    class InsideAgain {

        @Test
        void theClusterRunsAfterAnotherNestedClassHasEnded() {
            assertThat(own.cluster().member(0).isHealthy()).isTrue();
        }
    }
}
