package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.testkit.ManualTime;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** What tests of watches over a fake server share. */
abstract class WatchOnFake extends StoreOnFake {

    static final KeyRange KEYS = KeyRange.prefix("/p/");

    final WatchRecorder recorder = new WatchRecorder();
    final WatchCounts counts = new WatchCounts();
    final ManualTime clock = new ManualTime();
    private Optional<Store> store = Optional.empty();
    private boolean ownClock;

    @AfterEach
    void closeClock() {
        if (ownClock) {
            store.ifPresent(Store::close);
        }
        clock.close();
    }

    /** The one store of the test. */
    final Store store() {
        if (store.isEmpty()) {
            store = Optional.of(open(options -> options.instrumentation(counts)));
        }
        return store.get();
    }

    /** The one store of the test, on a clock that only the test moves. */
    final Store storeOnOwnClock() {
        ownClock = true;
        Store opened = new EtcdStoreProvider()
                .open(
                        CoordinatorOptions.builder()
                                .endpoints(etcd.endpoint())
                                .retry(QUICK)
                                .instrumentation(counts)
                                .build(),
                        clock);
        store = Optional.of(opened);
        return opened;
    }

    final Watch watch(long fromRevision) {
        return store().watch(KEYS, fromRevision, recorder);
    }

    /** The next watch that a client asks for. */
    final FakeWatch next() throws InterruptedException {
        return etcd.nextWatch();
    }

    final long resumedAt() throws InterruptedException {
        return next().request().getStartRevision();
    }
}
