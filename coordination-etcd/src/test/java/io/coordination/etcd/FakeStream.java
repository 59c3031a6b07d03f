package io.coordination.etcd;

import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The server's side of one watch stream and of all watches on it, driven by a test. */
final class FakeStream implements StreamObserver<WatchRequest> {

    static final Duration PATIENCE = Duration.ofSeconds(15);

    private final StreamObserver<WatchResponse> out;
    private final Consumer<FakeWatch> onWatch;
    private final ReentrantLock lock = new ReentrantLock(); // guards out, which takes one caller at a time
    private final Map<Long, FakeWatch> watches = new ConcurrentHashMap<>();
    private final List<WatchRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger progressRequests = new AtomicInteger();
    private final CompletableFuture<Boolean> reset = new CompletableFuture<>();
    private volatile boolean answersProgress;

    FakeStream(StreamObserver<WatchResponse> out, Consumer<FakeWatch> onWatch) {
        this.out = out;
        this.onWatch = onWatch;
        ((ServerCallStreamObserver<WatchResponse>) out).setOnCancelHandler(() -> reset.complete(true));
    }

    /** Answers progress requests from now on, those that came before included. */
    FakeStream answeringProgress() {
        answersProgress = true;
        if (progressRequests.get() > 0) {
            answerProgress();
        }
        return this;
    }

    private void answerProgress() {
        send(WatchResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder()
                        .setClusterId(FakeWatch.CLUSTER)
                        .setRevision(1_000_000))
                .setWatchId(-1)
                .build());
    }

    void send(WatchResponse response) {
        lock.lock();
        try {
            out.onNext(response);
        } finally {
            lock.unlock();
        }
    }

    void fail(Status status) {
        out.onError(status.asRuntimeException());
    }

    void end() {
        out.onCompleted();
    }

    /** Waits until the client has reset the stream. */
    void awaitReset() {
        reset.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    boolean isReset() {
        return reset.isDone();
    }

    int progressRequests() {
        return progressRequests.get();
    }

    List<WatchRequest> requests() {
        return requests;
    }

    @Override
    public void onNext(WatchRequest message) {
        requests.add(message);
        if (message.hasCreateRequest()) {
            FakeWatch watch = new FakeWatch(this, message.getCreateRequest());
            watches.put(watch.id(), watch);
            onWatch.accept(watch);
        } else if (message.hasCancelRequest()) {
            watches.get(message.getCancelRequest().getWatchId()).cancelAsked();
        } else if (message.hasProgressRequest()) {
            progressRequests.incrementAndGet();
            if (answersProgress) {
                answerProgress();
            }
        }
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
