package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.RetryConfig;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** What tests of a store over a fake server share: the server, stores on it, and the end of both. */
abstract class StoreOnFake {

    static final RetryConfig QUICK = RetryConfig.builder()
            .initialDelay(Duration.ofMillis(1))
            .maxDelay(Duration.ofMillis(10))
            .build();

    final FakeEtcd etcd = new FakeEtcd();
    final TimeSource time = TimeSource.system("test");
    private final Deque<Store> stores = new ArrayDeque<>();

    @AfterEach
    void closeEverything() {
        stores.forEach(Store::close);
        time.close();
        etcd.close();
    }

    /** A store with quick retries and 5 s for a call. */
    final Store open() {
        return open(options -> options);
    }

    final Store open(UnaryOperator<CoordinatorOptions.Builder> settings) {
        CoordinatorOptions.Builder options =
                CoordinatorOptions.builder().endpoints(etcd.endpoint()).retry(QUICK);
        Store store = new EtcdStoreProvider().open(settings.apply(options).build(), time);
        stores.add(store);
        return store;
    }

    static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    static CoordinationException failure(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(() -> future.get(30, TimeUnit.SECONDS));
        assertThat(failure).isNotNull();
        assertThat(failure.getCause()).isInstanceOf(CoordinationException.class);
        return (CoordinationException) failure.getCause();
    }
}
