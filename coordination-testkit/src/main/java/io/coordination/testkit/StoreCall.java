package io.coordination.testkit;

import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A call of a {@link Store} that has an answer, as a value: what a {@link FaultyStore} saw, and what its rules match.
 *
 * @param <T> the type of the answer
 */
public sealed interface StoreCall<T> {

    /** Makes the call. */
    CompletableFuture<T> sendTo(Store store);

    /**
     * {@link Store#range}.
     *
     * @param query what is read
     */
    record Range(RangeQuery query) implements StoreCall<RangeResult> {
        @Override
        public CompletableFuture<RangeResult> sendTo(Store store) {
            return store.range(query);
        }
    }

    /**
     * {@link Store#txn}.
     *
     * @param txn the transaction
     */
    record Transaction(Txn txn) implements StoreCall<TxnResult> {
        @Override
        public CompletableFuture<TxnResult> sendTo(Store store) {
            return store.txn(txn);
        }
    }

    /**
     * {@link Store#grant}.
     *
     * @param leaseId the new lease
     * @param ttl the TTL asked for
     */
    record Grant(long leaseId, Duration ttl) implements StoreCall<Duration> {
        @Override
        public CompletableFuture<Duration> sendTo(Store store) {
            return store.grant(leaseId, ttl);
        }
    }

    /**
     * {@link Store#renewOnce}.
     *
     * @param leaseId the lease
     * @param timeout the deadline of the call
     */
    record Renewal(long leaseId, Duration timeout) implements StoreCall<Duration> {
        @Override
        public CompletableFuture<Duration> sendTo(Store store) {
            return store.renewOnce(leaseId, timeout);
        }
    }

    /**
     * {@link Store#revoke}.
     *
     * @param leaseId the lease
     */
    record Revocation(long leaseId) implements StoreCall<Void> {
        @Override
        public CompletableFuture<Void> sendTo(Store store) {
            return store.revoke(leaseId);
        }
    }

    /**
     * {@link Store#leaseKeys}.
     *
     * @param leaseId the lease
     */
    record LeaseKeys(long leaseId) implements StoreCall<List<String>> {
        @Override
        public CompletableFuture<List<String>> sendTo(Store store) {
            return store.leaseKeys(leaseId);
        }
    }
}
