package io.coordination.tests;

import io.coordination.CoordinatorOptions;
import io.coordination.etcd.EtcdStoreProvider;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.testkit.EtcdExtension;
import io.coordination.testkit.FaultProxy;
import io.coordination.testkit.StoreContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The rules of the store on a real etcd, behind a proxy that can cut its connections. */
abstract class StoreOnEtcd extends StoreContract {

    private final EtcdExtension etcd;
    private FaultProxy proxy;
    private TimeSource time;

    StoreOnEtcd(EtcdExtension etcd) {
        this.etcd = etcd;
    }

    @BeforeEach
    void openProxy() {
        // The superclass opens its store before this method runs: open() comes here first.
        if (proxy == null) {
            proxy = FaultProxy.to(etcd.cluster().clientUri(0));
            time = TimeSource.system("contract");
        }
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
        time.close();
    }

    @Override
    protected Store open() {
        openProxy();
        return new EtcdStoreProvider()
                .open(
                        CoordinatorOptions.builder()
                                .endpoints(proxy.uri().toString())
                                .requestTimeout(Duration.ofSeconds(10))
                                .build(),
                        time);
    }

    @Override
    protected void compact(long revision) {
        etcd.cluster().compact(revision);
    }

    @Override
    protected void breakConnections() {
        proxy.cut();
    }
}
