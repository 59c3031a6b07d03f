package io.coordination.etcd;

import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.etcd.jetcd.api.ClusterGrpc;
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
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An etcd server in this process that does what a test says. */
final class FakeEtcd implements AutoCloseable {

    final Scripted<RangeRequest, RangeResponse> range = new Scripted<>(RangeResponse.getDefaultInstance());
    final Scripted<TxnRequest, TxnResponse> txn = new Scripted<>(TxnResponse.getDefaultInstance());
    final Scripted<LeaseGrantRequest, LeaseGrantResponse> grant =
            new Scripted<>(LeaseGrantResponse.newBuilder().setTTL(60).build());
    final Scripted<LeaseRevokeRequest, LeaseRevokeResponse> revoke =
            new Scripted<>(LeaseRevokeResponse.getDefaultInstance());
    final Scripted<LeaseKeepAliveRequest, LeaseKeepAliveResponse> renew =
            new Scripted<>(LeaseKeepAliveResponse.newBuilder().setTTL(60).build());
    final Scripted<LeaseTimeToLiveRequest, LeaseTimeToLiveResponse> leaseKeys =
            new Scripted<>(LeaseTimeToLiveResponse.newBuilder().setTTL(60).build());
    final Scripted<AuthenticateRequest, AuthenticateResponse> login =
            new Scripted<>(AuthenticateResponse.newBuilder().setToken("token").build());

    final Scripted<MemberListRequest, MemberListResponse> memberList =
            new Scripted<>(MemberListResponse.getDefaultInstance());
    final Scripted<StatusRequest, StatusResponse> status = new Scripted<>(
            StatusResponse.newBuilder().setVersion("3.5.30").setLeader(1).build());

    private final BlockingQueue<FakeWatch> watches = new LinkedBlockingQueue<>();
    private final List<FakeStream> streams = new CopyOnWriteArrayList<>();
    private volatile boolean answersProgress = true;
    private final List<Metadata> headers = new CopyOnWriteArrayList<>();
    private final Server server;

    FakeEtcd() {
        this(0);
    }

    FakeEtcd(int port) {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .directExecutor()
                    .intercept(new HeaderRecorder())
                    .addService(new Kv())
                    .addService(new Lease())
                    .addService(new Auth())
                    .addService(new Watch())
                    .addService(new Maintenance())
                    .addService(new Cluster())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getPort();
    }

    String endpoint() {
        return "http://127.0.0.1:" + port();
    }

    /** The next watch that a client opens. */
    FakeWatch nextWatch() throws InterruptedException {
        FakeWatch watch = watches.poll(15, TimeUnit.SECONDS);
        if (watch == null) {
            throw new AssertionError("no watch was opened within 15 s");
        }
        return watch;
    }

    /** Leaves progress requests unanswered, as a stream does that is dead without anybody knowing. */
    void answersNoProgress() {
        answersProgress = false;
    }

    /** All watch streams so far. */
    List<FakeStream> streams() {
        return streams;
    }

    boolean hasWatchWaiting() {
        return !watches.isEmpty();
    }

    /** One header of all calls so far; "none" where it was missing. */
    List<String> header(Metadata.Key<String> key) {
        return headers.stream()
                .map(each -> each.get(key))
                .map(value -> value == null ? "none" : value)
                .toList();
    }

    @Override
    public void close() {
        server.shutdownNow();
        // Until then it may still answer a call that comes after this one.
        await().until(server::isTerminated);
    }

    private final class Kv extends KVGrpc.KVImplBase {
        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> out) {
            range.serve(request, out);
        }

        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> out) {
            txn.serve(request, out);
        }
    }

    private final class Lease extends LeaseGrpc.LeaseImplBase {
        @Override
        public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> out) {
            grant.serve(request, out);
        }

        @Override
        public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> out) {
            revoke.serve(request, out);
        }

        @Override
        public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> out) {
            leaseKeys.serve(request, out);
        }

        @Override
        public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> out) {
            renew.notice(out);
            return new StreamObserver<>() {
                @Override
                public void onNext(LeaseKeepAliveRequest request) {
                    renew.reply(request, out);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    private final class Auth extends AuthGrpc.AuthImplBase {
        @Override
        public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> out) {
            login.serve(request, out);
        }
    }

    private final class Cluster extends ClusterGrpc.ClusterImplBase {
        @Override
        public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> out) {
            memberList.serve(request, out);
        }
    }

    private final class Maintenance extends MaintenanceGrpc.MaintenanceImplBase {
        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
            status.serve(request, out);
        }
    }

    private final class Watch extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> out) {
            FakeStream stream = new FakeStream(out, watches::add);
            if (answersProgress) {
                stream.answeringProgress();
            }
            streams.add(stream);
            return stream;
        }
    }

    private final class HeaderRecorder implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next) {
            // Members are looked after in the background: such calls are no part of what a test does.
            if (!call.getMethodDescriptor().getServiceName().endsWith("Maintenance")) {
                headers.add(metadata);
            }
            return next.startCall(call, metadata);
        }
    }
}
