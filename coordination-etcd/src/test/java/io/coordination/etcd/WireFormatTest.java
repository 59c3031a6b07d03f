package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.TxnResult;
import io.coordination.store.WatchEvent;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import org.junit.jupiter.api.Test;

final class WireFormatTest {

    private static final ResponseHeader HEADER =
            ResponseHeader.newBuilder().setClusterId(7).setRevision(42).build();

    private static final io.etcd.jetcd.api.KeyValue ENTRY = io.etcd.jetcd.api.KeyValue.newBuilder()
            .setKey(ByteString.copyFromUtf8("/k"))
            .setValue(ByteString.copyFromUtf8("v"))
            .setCreateRevision(1)
            .setModRevision(2)
            .setVersion(3)
            .setLease(4)
            .build();

    private static final KeyValue SAME_ENTRY = new KeyValue("/k", Bytes.utf8("v"), 1, 2, 3, 4);

    @Test
    void aSingleKeyHasNoRangeEnd() {
        RangeRequest request = WireFormat.range(RangeQuery.key("/k"));

        assertThat(request.getKey().toStringUtf8()).isEqualTo("/k");
        assertThat(request.getRangeEnd().isEmpty()).isTrue();
        assertThat(request.getSerializable()).isFalse();
    }

    @Test
    void aRangeQueryKeepsEveryDetail() {
        RangeRequest request = WireFormat.range(RangeQuery.prefix("/p/")
                .withLimit(10)
                .atRevision(5)
                .withKeysOnly()
                .withCountOnly()
                .asSerializable());

        assertThat(request)
                .isEqualTo(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/p/"))
                        .setRangeEnd(ByteString.copyFromUtf8("/p0"))
                        .setLimit(10)
                        .setRevision(5)
                        .setKeysOnly(true)
                        .setCountOnly(true)
                        .setSerializable(true)
                        .build());
    }

    @Test
    void anAnswerBecomesEntries() {
        RangeResponse response = RangeResponse.newBuilder()
                .setHeader(HEADER)
                .addKvs(ENTRY)
                .setCount(9)
                .build();

        RangeResult result = WireFormat.rangeResult(response);

        assertThat(result.clusterId()).isEqualTo(7);
        assertThat(result.revision()).isEqualTo(42);
        assertThat(result.entries()).containsExactly(SAME_ENTRY);
        assertThat(result.count()).isEqualTo(9);
    }

    @Test
    void comparesCarryTheirTargetRelationAndOperand() {
        for (Txn.Relation relation : Txn.Relation.values()) {
            Compare compare = only(Txn.Compare.of("/k", Txn.Target.MOD_REVISION, relation, 8));
            assertThat(compare.getResult().name()).isEqualTo(relation.name());
            assertThat(compare.getTarget()).isEqualTo(Compare.CompareTarget.MOD);
            assertThat(compare.getModRevision()).isEqualTo(8);
        }
        assertThat(only(Txn.Compare.createdAt("/k", 3)).getCreateRevision()).isEqualTo(3);
        assertThat(only(Txn.Compare.of("/k", Txn.Target.VERSION, Txn.Relation.EQUAL, 5))
                        .getVersion())
                .isEqualTo(5);
        assertThat(only(Txn.Compare.valueIs("/k", Bytes.utf8("v"))).getValue().toStringUtf8())
                .isEqualTo("v");
        assertThat(only(Txn.Compare.noneIn(KeyRange.prefix("/p/")))
                        .getRangeEnd()
                        .toStringUtf8())
                .isEqualTo("/p0");
    }

    /** jetcd's messages lack this target; the bytes are those of etcd's rpc.proto: target = 4, lease = field 8. */
    @Test
    void aCompareOfTheLeaseIsWrittenAsEtcdReadsIt() throws InvalidProtocolBufferException {
        Compare compare =
                Compare.parseFrom(only(Txn.Compare.leasedTo("/k", 300)).toByteString());

        assertThat(compare.getTargetValue()).isEqualTo(4);
        assertThat(compare.getUnknownFields().getField(8).getVarintList()).containsExactly(300L);
    }

    private static Compare only(Txn.Compare compare) {
        return WireFormat.txn(Txn.when(compare)).getCompare(0);
    }

    @Test
    void operationsKeepTheirOrderAndDetails() {
        TxnRequest request = WireFormat.txn(Txn.always(
                        Op.put("/a", Bytes.utf8("1"), 5),
                        Op.putKeepingLease("/b", Bytes.utf8("2")),
                        Op.delete("/c"),
                        Op.delete(KeyRange.prefix("/p/")),
                        Op.get("/d"))
                .orElse(Op.get("/e")));

        assertThat(request.getSuccess(0).getRequestPut().getLease()).isEqualTo(5);
        assertThat(request.getSuccess(0).getRequestPut().getValue().toStringUtf8())
                .isEqualTo("1");
        assertThat(request.getSuccess(1).getRequestPut().getIgnoreLease()).isTrue();
        assertThat(request.getSuccess(2).getRequestDeleteRange().getRangeEnd().isEmpty())
                .isTrue();
        assertThat(request.getSuccess(3).getRequestDeleteRange().getRangeEnd().toStringUtf8())
                .isEqualTo("/p0");
        assertThat(request.getSuccess(4).getRequestRange().getKey().toStringUtf8())
                .isEqualTo("/d");
        assertThat(request.getFailure(0).getRequestRange().getKey().toStringUtf8())
                .isEqualTo("/e");
    }

    @Test
    void anAnswerHasOneResultForEachOperationUnderTheRevisionOfTheTransaction() {
        TxnResponse response = TxnResponse.newBuilder()
                .setHeader(HEADER)
                .setSucceeded(true)
                .addResponses(ResponseOp.newBuilder().setResponsePut(PutResponse.getDefaultInstance()))
                .addResponses(ResponseOp.newBuilder()
                        .setResponseDeleteRange(DeleteRangeResponse.newBuilder().setDeleted(3)))
                .addResponses(ResponseOp.newBuilder()
                        .setResponseRange(
                                RangeResponse.newBuilder().addKvs(ENTRY).setCount(1)))
                .build();

        TxnResult result = WireFormat.txnResult(response);

        assertThat(result.succeeded()).isTrue();
        assertThat(result.revision()).isEqualTo(42);
        assertThat(result.results().get(0)).isInstanceOf(TxnResult.Done.class);
        assertThat(result.deleted(1)).isEqualTo(3);
        assertThat(result.range(2).revision()).isEqualTo(42);
        assertThat(result.range(2).clusterId()).isEqualTo(7);
        assertThat(result.range(2).first()).contains(SAME_ENTRY);
    }

    @Test
    void eventsArePutsAndDeletes() {
        assertThat(WireFormat.event(Event.newBuilder().setKv(ENTRY).build())).isEqualTo(new WatchEvent.Put(SAME_ENTRY));
        assertThat(WireFormat.event(Event.newBuilder()
                        .setType(Event.EventType.DELETE)
                        .setKv(ENTRY)
                        .build()))
                .isEqualTo(new WatchEvent.Delete("/k", 2));
    }
}
