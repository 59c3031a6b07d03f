package io.coordination.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The server's side of one watch on a stream, driven by a test. */
final class FakeWatch {

    static final long CLUSTER = 77;

    private static final UnknownFieldSet MORE_FOLLOWS = UnknownFieldSet.newBuilder()
            .addField(7, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();

    private final FakeStream stream;
    private final WatchCreateRequest request;
    private final CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    private volatile long clusterId = CLUSTER;

    FakeWatch(FakeStream stream, WatchCreateRequest request) {
        this.stream = stream;
        this.request = request;
    }

    FakeStream stream() {
        return stream;
    }

    WatchCreateRequest request() {
        return request;
    }

    /** The id that the client has chosen. */
    long id() {
        return request.getUnknownFields().getField(7).getVarintList().get(0);
    }

    void cancelAsked() {
        cancelled.complete(true);
    }

    /** Waits until the client has asked to end the watch. */
    void awaitCancelled() {
        cancelled.orTimeout(FakeStream.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    boolean isCancelled() {
        return cancelled.isDone();
    }

    /** Waits until the client has reset the stream. */
    void awaitReset() {
        stream.awaitReset();
    }

    FakeWatch ofCluster(long other) {
        this.clusterId = other;
        return this;
    }

    FakeWatch created(long revision) {
        return send(response(revision).setCreated(true));
    }

    FakeWatch refused(String reason) {
        return send(response(1).setCreated(true).setCanceled(true).setCancelReason(reason));
    }

    /** A refusal as some versions send it: without the id of the watch. */
    FakeWatch refusedWithoutId(String reason) {
        return send(
                response(1).setWatchId(-1).setCreated(true).setCanceled(true).setCancelReason(reason));
    }

    FakeWatch cancelled(String reason) {
        return send(response(1).setCanceled(true).setCancelReason(reason));
    }

    FakeWatch compacted(long revision) {
        return send(response(revision + 10).setCanceled(true).setCompactRevision(revision));
    }

    FakeWatch progress(long revision) {
        return send(response(revision));
    }

    /** One response with a put of a key {@code k<revision>} for each revision. */
    FakeWatch puts(long... revisions) {
        return send(events(revisions));
    }

    /** As {@link #puts}, and the server announces that more of the same response follows. */
    FakeWatch fragment(long... revisions) {
        return send(events(revisions).setUnknownFields(MORE_FOLLOWS));
    }

    /** A put with a large value. */
    FakeWatch largePut(long revision, int bytes) {
        return send(response(revision).addEvents(put("k" + revision, revision, bytes)));
    }

    private WatchResponse.Builder events(long... revisions) {
        WatchResponse.Builder response = response(revisions[revisions.length - 1]);
        for (long revision : revisions) {
            response.addEvents(put("k" + revision, revision, 0));
        }
        return response;
    }

    private static Event put(String key, long revision, int bytes) {
        return Event.newBuilder()
                .setType(Event.EventType.PUT)
                .setKv(KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFrom(new byte[bytes]))
                        .setCreateRevision(revision)
                        .setModRevision(revision)
                        .setVersion(1))
                .build();
    }

    void fail(Status status) {
        stream.fail(status);
    }

    void end() {
        stream.end();
    }

    private FakeWatch send(WatchResponse.Builder response) {
        stream.send(response.build());
        return this;
    }

    private WatchResponse.Builder response(long revision) {
        return WatchResponse.newBuilder()
                .setWatchId(id())
                .setHeader(ResponseHeader.newBuilder().setClusterId(clusterId).setRevision(revision));
    }
}
