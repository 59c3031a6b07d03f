package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watch that the server does not want. */
@Timeout(60)
final class WatchRefusalTest extends WatchOnFake {

    @Test
    void aMissingPermissionIsToldOnceAndAskedForAgainSlowly() throws InterruptedException {
        watch(0);
        next().refused("etcdserver: permission denied");
        recorder.await("interrupted PERMISSION_DENIED");

        await().during(Duration.ofMillis(1500)).until(() -> !etcd.hasWatchWaiting());
        next().created(10);

        recorder.await("opened 10");
        assertThat(recorder.interruptions()).hasSize(1);
    }

    @Test
    void aMissingPermissionAfterAnInterruptionIsToldAsWell() throws InterruptedException {
        watch(0);
        next().created(10).end();
        next().refused("etcdserver: permission denied");

        recorder.await("interrupted PERMISSION_DENIED");
    }
}
