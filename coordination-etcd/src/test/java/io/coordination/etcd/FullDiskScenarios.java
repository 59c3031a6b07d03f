package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Bytes;
import io.coordination.store.Delivery;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Compare;
import io.coordination.store.Txn.Op;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real member whose database may have eight mebibytes. */
@Timeout(120)
abstract class FullDiskScenarios extends FaultSuite {

    static final String QUOTA = "--quota-backend-bytes=8388608";

    private static final Duration TTL = Duration.ofSeconds(3);

    private static Txn large(String key) {
        return Txn.always(Op.put(key, Bytes.utf8("d".repeat(512 * 1024)), 0)).delivered(Delivery.REPEATABLE);
    }

    private CoordinationException fill(Store store) {
        for (int i = 0; i < 100; i++) {
            Optional<Throwable> refused = store.txn(large(prefix + "filler/" + i))
                    .handle((done, failure) -> Optional.ofNullable(failure))
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
            if (refused.isPresent()) {
                return (CoordinationException) refused.get();
            }
        }
        throw new AssertionError("the database takes more than its quota");
    }

    @Test
    void aFullDatabaseRefusesWritesInAClearSentenceAndEverythingElseGoesOn() {
        Store store = direct();
        CompletableFuture<Session> opening = sessions(store).reserve(TTL);
        Session session = get(opening);
        long made = get(store.txn(put(prefix + "small", "1"))).revision();
        Mirror mirror = mirror(store);
        get(mirror.ready());
        long filling = System.nanoTime();

        CoordinationException full = fill(store);
        long refusing = System.nanoTime();
        CoordinationException again = failure(store.txn(put(prefix + "small", "2")));

        assertThat(since(refusing)).isLessThan(Duration.ofSeconds(1));
        assertThat(since(filling)).isLessThan(Duration.ofSeconds(30));
        for (CoordinationException failure : List.of(full, again)) {
            assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
            assertThat(failure.retryable()).isFalse();
            assertThat(failure.outcomeUnknown()).isFalse();
            assertThat(failure).hasMessageContaining("reached its quota").hasMessageContaining("NOSPACE");
        }
        assertThat(failure(store.grant(freshLease(), TTL)).code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
        assertThat(get(store.range(RangeQuery.key(prefix + "small"))).first()).isPresent();
        Txn release = Txn.when(Compare.createdAt(prefix + "small", made)).then(Op.delete(prefix + "small"));
        assertThat(get(store.txn(release)).succeeded()).isTrue();
        await().atMost(Duration.ofSeconds(5))
                .until(() -> mirror.state().get(prefix + "small").isEmpty());
        await().pollDelay(TTL.plusMillis(500)).until(() -> true);
        assertThat(session.isValid()).isTrue();
        assertThat(session.state()).isEqualTo(SessionState.CONNECTED);

        makeRoom(store);

        long written = get(store.txn(put(prefix + "small", "3"))).revision();
        get(mirror.reached(written));
        assertThat(mirror.state().entries()).hasSize(1);
        assertThat(session.isValid()).isTrue();
    }

    /** What an operator does. */
    private void makeRoom(Store store) {
        long deleted =
                get(store.txn(Txn.always(Op.delete(KeyRange.prefix(prefix))))).revision();
        etcd().cluster().compact(deleted);
        etcd().etcdctl("defrag");
        etcd().etcdctl("alarm", "disarm");
    }
}
