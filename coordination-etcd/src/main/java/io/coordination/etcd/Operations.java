package io.coordination.etcd;

import io.coordination.Instrumentation;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseRevokeResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;

/**
 * The calls that a store makes, each with what hears of it: looked up once a store.
 *
 * @param range reads keys
 * @param txn compares and changes keys
 * @param grant makes a lease
 * @param renew keeps a lease
 * @param revoke ends a lease
 * @param leaseKeys reads which keys a lease has
 */
record Operations(
        Operation<RangeRequest, RangeResponse> range,
        Operation<TxnRequest, TxnResponse> txn,
        Operation<LeaseGrantRequest, LeaseGrantResponse> grant,
        Operation<LeaseKeepAliveRequest, LeaseKeepAliveResponse> renew,
        Operation<LeaseRevokeRequest, LeaseRevokeResponse> revoke,
        Operation<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> leaseKeys) {

    /** The calls as an instrumentation hears of them. */
    static Operations heardBy(Instrumentation instrumentation) {
        return new Operations(
                new Operation<>(KVGrpc.getRangeMethod(), "range", instrumentation.calls("range")),
                new Operation<>(KVGrpc.getTxnMethod(), "txn", instrumentation.calls("txn")),
                new Operation<>(LeaseGrpc.getLeaseGrantMethod(), "grant of lease", instrumentation.calls("grant")),
                new Operation<>(
                        LeaseGrpc.getLeaseKeepAliveMethod(), "renewal of lease", instrumentation.calls("renew")),
                new Operation<>(
                        LeaseGrpc.getLeaseRevokeMethod(), "revocation of lease", instrumentation.calls("revoke")),
                new Operation<>(
                        LeaseGrpc.getLeaseTimeToLiveMethod(),
                        "reading the keys of lease",
                        instrumentation.calls("lease-keys")));
    }
}
