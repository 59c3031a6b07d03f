package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.coordination.CoordinationException;
import io.coordination.CoordinatorOptions;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.Store;
import io.coordination.store.TimeSource;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** What tests on real etcd share: stores that are closed at the end, and short words for calls. */
abstract class StoreOnEtcd {

    final TimeSource time = TimeSource.system("test");
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void closeEverything() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        time.close();
    }

    final <T extends AutoCloseable> T closedAtTheEnd(T resource) {
        opened.addFirst(resource);
        return resource;
    }

    final Store open(List<String> endpoints, UnaryOperator<CoordinatorOptions.Builder> settings) {
        CoordinatorOptions options = settings.apply(CoordinatorOptions.builder().endpoints(endpoints))
                .build();
        return closedAtTheEnd(new EtcdStoreProvider().open(options, time));
    }

    static Txn put(String key, String value) {
        return Txn.always(Op.put(key, Bytes.utf8(value), 0)).delivered(Delivery.REPEATABLE);
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
