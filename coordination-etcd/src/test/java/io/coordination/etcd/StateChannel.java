package io.coordination.etcd;

import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A channel without a network: a test sets its state and answers its calls. For one thread. */
final class StateChannel extends ManagedChannel {

    private final List<Runnable> onChange = new ArrayList<>();
    private final Deque<ClientCall.Listener<Object>> probes = new ArrayDeque<>();
    private ConnectivityState state = ConnectivityState.IDLE;
    private int connects;
    private int nudges;
    private int probesSeen;
    private boolean ended;

    void become(ConnectivityState next) {
        state = next;
        List<Runnable> told = List.copyOf(onChange);
        onChange.clear();
        told.forEach(Runnable::run);
    }

    int connects() {
        return connects;
    }

    int nudges() {
        return nudges;
    }

    int probesSeen() {
        return probesSeen;
    }

    /** Answers the oldest probe that waits. */
    void answerProbe(String version, long cluster, long leader) {
        answer(StatusResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(cluster))
                .setVersion(version)
                .setLeader(leader)
                .build());
    }

    /** Answers the linearizable read that a member owes which was set aside. */
    void answerRead(long cluster) {
        answer(RangeResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder().setClusterId(cluster))
                .build());
    }

    private void answer(Object message) {
        ClientCall.Listener<Object> probe = probes.remove();
        probe.onMessage(message);
        probe.onClose(Status.OK, new Metadata());
    }

    void failProbe(Status status) {
        probes.remove().onClose(status, new Metadata());
    }

    @Override
    public ConnectivityState getState(boolean requestConnection) {
        if (requestConnection && state == ConnectivityState.IDLE) {
            connects++;
            become(ConnectivityState.CONNECTING);
        }
        return state;
    }

    @Override
    public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
        onChange.add(callback);
    }

    @Override
    public void resetConnectBackoff() {
        nudges++;
    }

    @Override
    public ManagedChannel shutdown() {
        state = ConnectivityState.SHUTDOWN;
        return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
        ended = true;
        return shutdown();
    }

    @Override
    public boolean isShutdown() {
        return state == ConnectivityState.SHUTDOWN;
    }

    @Override
    public boolean isTerminated() {
        return ended;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return ended;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
        assertThatItIsAProbe(method);
        return new ClientCall<>() {
            @Override
            @SuppressWarnings("unchecked") // probes are the only calls here
            public void start(Listener<R> listener, Metadata headers) {
                probesSeen++;
                probes.add((Listener<Object>) listener);
            }

            @Override
            public void request(int messages) {}

            @Override
            public void cancel(@Nullable String reason, @Nullable Throwable cause) {}

            @Override
            public void halfClose() {}

            @Override
            public void sendMessage(Q message) {}
        };
    }

    private static void assertThatItIsAProbe(MethodDescriptor<?, ?> method) {
        if (!List.of("etcdserverpb.Maintenance/Status", "etcdserverpb.KV/Range").contains(method.getFullMethodName())) {
            throw new AssertionError("not a probe: " + method.getFullMethodName());
        }
    }

    @Override
    public String authority() {
        return "nowhere";
    }
}
