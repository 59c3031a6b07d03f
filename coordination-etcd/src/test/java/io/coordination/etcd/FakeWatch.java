package io.coordination.etcd;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The server's side of one watch stream, driven by a test. */
final class FakeWatch implements StreamObserver<WatchRequest> {

    static final long CLUSTER = 77;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final StreamObserver<WatchResponse> out;
    private final CompletableFuture<WatchCreateRequest> request = new CompletableFuture<>();
    private final CompletableFuture<Boolean> reset = new CompletableFuture<>();
    private volatile long clusterId = CLUSTER;

    FakeWatch(StreamObserver<WatchResponse> out) {
        this.out = out;
        ((ServerCallStreamObserver<WatchResponse>) out).setOnCancelHandler(() -> reset.complete(true));
    }

    WatchCreateRequest request() {
        return request.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Waits until the client has reset the stream. */
    void awaitReset() {
        reset.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    FakeWatch ofCluster(long other) {
        this.clusterId = other;
        return this;
    }

    FakeWatch created(long revision) {
        out.onNext(response(revision).setCreated(true).build());
        return this;
    }

    FakeWatch refused(String reason) {
        out.onNext(response(1)
                .setCreated(true)
                .setCanceled(true)
                .setCancelReason(reason)
                .build());
        return this;
    }

    FakeWatch cancelled(String reason) {
        out.onNext(response(1).setCanceled(true).setCancelReason(reason).build());
        return this;
    }

    FakeWatch compacted(long revision) {
        out.onNext(response(revision + 10)
                .setCanceled(true)
                .setCompactRevision(revision)
                .build());
        return this;
    }

    FakeWatch progress(long revision) {
        out.onNext(response(revision).build());
        return this;
    }

    /** One response with a put of a key {@code k<revision>} for each revision. */
    FakeWatch puts(long... revisions) {
        WatchResponse.Builder response = response(revisions[revisions.length - 1]);
        for (long revision : revisions) {
            response.addEvents(put("k" + revision, revision));
        }
        out.onNext(response.build());
        return this;
    }

    private static Event put(String key, long revision) {
        return Event.newBuilder()
                .setType(Event.EventType.PUT)
                .setKv(KeyValue.newBuilder()
                        .setKey(com.google.protobuf.ByteString.copyFromUtf8(key))
                        .setCreateRevision(revision)
                        .setModRevision(revision)
                        .setVersion(1))
                .build();
    }

    void fail(Status status) {
        out.onError(status.asRuntimeException());
    }

    void end() {
        out.onCompleted();
    }

    private WatchResponse.Builder response(long revision) {
        return WatchResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(clusterId).setRevision(revision));
    }

    @Override
    public void onNext(WatchRequest message) {
        request.complete(message.getCreateRequest());
    }

    @Override
    public void onError(Throwable failure) {
        reset.complete(true);
    }

    @Override
    public void onCompleted() {
        reset.complete(true);
    }
}
