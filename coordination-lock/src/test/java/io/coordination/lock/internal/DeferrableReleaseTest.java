package io.coordination.lock.internal;

import static io.coordination.lock.internal.Node.granted;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.lock.LockHandle;
import io.coordination.store.Delivery;
import io.coordination.store.Txn;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Only a release that nobody is known to wait for may be held back. */
class DeferrableReleaseTest {

    @RegisterExtension
    final Cluster cluster = new Cluster();

    private final Node a = cluster.node();
    private final Node b = cluster.node();

    private Delivery release() {
        Txn last = a.store.txns().get(a.store.txns().size() - 1);
        assertThat(last.success()).anyMatch(Txn.Delete.class::isInstance);
        return last.delivery();
    }

    @Test
    void closingALockThatNobodyWants() {
        a.take().close();
        assertThat(release()).isEqualTo(Delivery.DEFERRABLE);
    }

    @Test
    void notUnlocking() {
        a.take().unlock();
        assertThat(release()).isEqualTo(Delivery.URGENT);
    }

    @Test
    void notWhenOthersWantedItLately() {
        LockHandle other = b.take();
        CompletableFuture<LockHandle> asked = a.ask();
        other.unlock();

        granted(asked).close();

        assertThat(release()).isEqualTo(Delivery.URGENT);
    }

    @Test
    void notWhenTheCoordinatorEnds() {
        a.take();
        a.locks.closeAsync();
        assertThat(release()).isEqualTo(Delivery.URGENT);
    }
}
