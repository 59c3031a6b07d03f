package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.coordination.Coordination;
import io.coordination.CoordinationException;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.ErrorCode;
import io.coordination.lock.LockHandle;
import io.coordination.testkit.EtcdCluster;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Coordinators and an etcd that asks for a password. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AuthenticationScenarios {

    private EtcdCluster etcd;

    abstract String version();

    @BeforeAll
    void startEtcd() {
        etcd = EtcdCluster.builder()
                .version(version())
                .members(1)
                .auth("root", "s3cret")
                .build();
        etcd.start();
    }

    @AfterAll
    void stopEtcd() {
        etcd.close();
    }

    private CoordinatorOptions.Builder options() {
        return CoordinatorOptions.builder().endpoints(etcd.endpoints()).requestTimeout(Duration.ofSeconds(3));
    }

    @Test
    void theRightPasswordOpensEverything() throws InterruptedException {
        try (Coordinator coordinator = Coordination.connect(
                        options().credentials("root", "s3cret").build());
                LockHandle lock = coordinator.lock().acquire("guarded", Duration.ofSeconds(10))) {
            coordinator.config().set("a", 1);

            assertThat(lock.isHeld()).isTrue();
            assertThat(coordinator.config().get("a", Integer.class)).contains(1);
        }
    }

    @Test
    void aWrongPasswordIsPermissionDeniedAndIsNotRepeatedInTheMessage() {
        assertThatThrownBy(() -> Coordination.connect(
                        options().credentials("root", "wr0ng").build()))
                .asInstanceOf(type(CoordinationException.class))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED))
                .satisfies(failure ->
                        assertThat(failure.getMessage()).contains("root").doesNotContain("wr0ng"));
    }

    @Test
    void noCredentialsWhereTheyAreNeededIsPermissionDenied() {
        assertThatThrownBy(() -> Coordination.connect(options().build()))
                .asInstanceOf(type(CoordinationException.class))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }
}
