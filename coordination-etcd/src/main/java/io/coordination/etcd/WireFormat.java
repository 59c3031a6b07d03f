package io.coordination.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnsafeByteOperations;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Txn;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchEvent;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.List;

/** Between the words of the store and the messages of etcd. */
final class WireFormat {

    /** etcd compares leases since 3.3; the messages of jetcd do not know these two numbers of its rpc.proto. */
    private static final int TARGET_LEASE = 4;

    private static final int COMPARE_LEASE = 8;

    private WireFormat() {}

    static RangeRequest range(RangeQuery query) {
        KeyRange keys = query.keys();
        RangeRequest.Builder request = RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(keys.from()))
                .setLimit(query.limit())
                .setRevision(query.revision())
                .setKeysOnly(query.keysOnly())
                .setCountOnly(query.countOnly())
                .setSerializable(query.serializable());
        if (!keys.isSingle()) {
            request.setRangeEnd(ByteString.copyFromUtf8(keys.to()));
        }
        return request.build();
    }

    static RangeResult rangeResult(RangeResponse response) {
        return rangeResult(response.getHeader(), response);
    }

    private static RangeResult rangeResult(ResponseHeader header, RangeResponse response) {
        List<KeyValue> entries = new ArrayList<>(response.getKvsCount());
        for (io.etcd.jetcd.api.KeyValue entry : response.getKvsList()) {
            entries.add(keyValue(entry));
        }
        return new RangeResult(header.getClusterId(), header.getRevision(), entries, response.getCount());
    }

    private static KeyValue keyValue(io.etcd.jetcd.api.KeyValue entry) {
        return new KeyValue(
                entry.getKey().toStringUtf8(),
                Bytes.copyOf(entry.getValue().toByteArray()),
                entry.getCreateRevision(),
                entry.getModRevision(),
                entry.getVersion(),
                entry.getLease());
    }

    static TxnRequest txn(Txn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        txn.compares().forEach(compare -> request.addCompare(compare(compare)));
        txn.success().forEach(operation -> request.addSuccess(operation(operation)));
        txn.failure().forEach(operation -> request.addFailure(operation(operation)));
        return request.build();
    }

    private static Compare compare(Txn.Compare compare) {
        Compare.Builder request = Compare.newBuilder()
                .setKey(ByteString.copyFromUtf8(compare.keys().from()))
                .setResult(relation(compare.relation()));
        if (!compare.keys().isSingle()) {
            request.setRangeEnd(ByteString.copyFromUtf8(compare.keys().to()));
        }
        switch (compare.target()) {
            case CREATE_REVISION ->
                request.setTarget(Compare.CompareTarget.CREATE).setCreateRevision(compare.number());
            case MOD_REVISION -> request.setTarget(Compare.CompareTarget.MOD).setModRevision(compare.number());
            case VERSION -> request.setTarget(Compare.CompareTarget.VERSION).setVersion(compare.number());
            case LEASE -> request.setTargetValue(TARGET_LEASE).setUnknownFields(lease(compare.number()));
            case VALUE -> request.setTarget(Compare.CompareTarget.VALUE).setValue(content(compare.value()));
        }
        return request.build();
    }

    private static UnknownFieldSet lease(long lease) {
        UnknownFieldSet.Field number =
                UnknownFieldSet.Field.newBuilder().addVarint(lease).build();
        return UnknownFieldSet.newBuilder().addField(COMPARE_LEASE, number).build();
    }

    private static Compare.CompareResult relation(Txn.Relation relation) {
        return switch (relation) {
            case EQUAL -> Compare.CompareResult.EQUAL;
            case NOT_EQUAL -> Compare.CompareResult.NOT_EQUAL;
            case LESS -> Compare.CompareResult.LESS;
            case GREATER -> Compare.CompareResult.GREATER;
        };
    }

    private static RequestOp operation(Txn.Op operation) {
        RequestOp.Builder request = RequestOp.newBuilder();
        if (operation instanceof Txn.Put put) {
            request.setRequestPut(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(put.key()))
                    .setValue(content(put.value()))
                    .setLease(put.lease())
                    .setIgnoreLease(put.ignoreLease()));
        } else if (operation instanceof Txn.Delete delete) {
            DeleteRangeRequest.Builder deletion = DeleteRangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(delete.keys().from()));
            if (!delete.keys().isSingle()) {
                deletion.setRangeEnd(ByteString.copyFromUtf8(delete.keys().to()));
            }
            request.setRequestDeleteRange(deletion);
        } else if (operation instanceof Txn.Get get) {
            request.setRequestRange(range(get.query()));
        } else if (operation instanceof Txn.Nested nested) {
            request.setRequestTxn(txn(nested.txn()));
        }
        return request.build();
    }

    static TxnResult txnResult(TxnResponse response) {
        return txnResult(response.getHeader(), response);
    }

    /** Only the outermost header says something. */
    private static TxnResult txnResult(ResponseHeader header, TxnResponse response) {
        List<TxnResult.OpResult> results = new ArrayList<>(response.getResponsesCount());
        for (ResponseOp result : response.getResponsesList()) {
            results.add(result(header, result));
        }
        return new TxnResult(header.getClusterId(), response.getSucceeded(), header.getRevision(), results);
    }

    private static TxnResult.OpResult result(ResponseHeader header, ResponseOp result) {
        return switch (result.getResponseCase()) {
            case RESPONSE_RANGE -> new TxnResult.Found(rangeResult(header, result.getResponseRange()));
            case RESPONSE_DELETE_RANGE ->
                new TxnResult.Deleted(result.getResponseDeleteRange().getDeleted());
            case RESPONSE_TXN -> new TxnResult.Nested(txnResult(header, result.getResponseTxn()));
            default -> new TxnResult.Done();
        };
    }

    static WatchEvent event(Event event) {
        io.etcd.jetcd.api.KeyValue entry = event.getKv();
        return event.getType() == Event.EventType.DELETE
                ? new WatchEvent.Delete(entry.getKey().toStringUtf8(), entry.getModRevision())
                : new WatchEvent.Put(keyValue(entry));
    }

    private static ByteString content(Bytes value) {
        return UnsafeByteOperations.unsafeWrap(value.asReadOnlyBuffer());
    }
}
