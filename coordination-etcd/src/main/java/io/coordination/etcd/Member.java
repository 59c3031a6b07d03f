package io.coordination.etcd;

import io.coordination.store.TimeSource;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One member of the cluster as this process sees it: how to reach it, and whether it has answered lately. Thread-safe. */
final class Member {

    /** How good a choice a member is, from bad to good. */
    enum Standing {
        /** Found by asking for members, and not known to belong to the cluster. */
        FOREIGN(0),
        /** The last attempt to connect failed, or the channel is closed. */
        DISCONNECTED(1),
        /** {@linkplain MemberHealth Set aside}: it failed to serve, and no probe has found it well since. */
        ASIDE(2),
        /** No attempt to connect has ended yet. */
        UNTRIED(3),
        /** Connected and not known to fail. */
        USABLE(4);

        private final int rank;

        Standing(int rank) {
            this.rank = rank;
        }

        /** The larger, the better. */
        int rank() {
            return rank;
        }
    }

    private final Endpoint endpoint;
    private final ManagedChannel channel;
    private final long cluster;
    private final MemberHealth health;
    private final Consumer<Member> onChange;
    private volatile ConnectivityState state;
    private volatile boolean belongs;
    private volatile @Nullable EtcdVersion version;

    /**
     * A member that tells changes of its {@linkplain #standing() standing} to a listener, on threads of its channel.
     *
     * @param cluster the id of the cluster that it must show before it is used; 0 for an endpoint that was given
     * @param means asked for once the member has been {@linkplain #start started}
     */
    Member(
            Endpoint endpoint,
            ManagedChannel channel,
            long cluster,
            TimeSource time,
            Supplier<ProbeMeans> means,
            Consumer<Member> onChange) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.cluster = cluster;
        this.belongs = cluster == 0;
        this.onChange = onChange;
        this.state = channel.getState(false);
        this.health = new MemberHealth(this, time, means);
    }

    /** Begins to follow the state of the channel. */
    void start() {
        follow(state);
    }

    private void follow(ConnectivityState from) {
        channel.notifyWhenStateChanged(from, () -> {
            ConnectivityState next = channel.getState(false);
            state = next;
            if (next != ConnectivityState.SHUTDOWN) {
                follow(next);
                onChange.accept(this);
            }
            if (next == ConnectivityState.READY) {
                health.check();
            }
        });
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /** The connection to it. */
    ManagedChannel channel() {
        return channel;
    }

    /** Which version it runs; empty until it has told. */
    Optional<EtcdVersion> version() {
        return Optional.ofNullable(version);
    }

    /** It answered something, if only a refusal. */
    void answered() {
        health.answered();
    }

    /** It did not answer in time, or ended a call in a way that another member may not. */
    void failed() {
        health.failed();
    }

    Standing standing() {
        if (!belongs) {
            return Standing.FOREIGN;
        }
        return switch (state) {
            case READY -> health.isAside() ? Standing.ASIDE : Standing.USABLE;
            case IDLE, CONNECTING -> health.isAside() ? Standing.ASIDE : Standing.UNTRIED;
            case TRANSIENT_FAILURE, SHUTDOWN -> Standing.DISCONNECTED;
        };
    }

    boolean isConnected() {
        return state == ConnectivityState.READY;
    }

    /**
     * What the channel itself says. Whoever was failed by it just now must not go by the {@linkplain #isConnected() state that
     * was told}, which comes a moment later.
     */
    ConnectivityState connectivity() {
        return channel.getState(false);
    }

    /** Connects, unless it does or is; without the pause that gRPC makes after a failed attempt. */
    void connectNow() {
        if (state == ConnectivityState.IDLE) {
            channel.getState(true);
        } else if (!isConnected()) {
            channel.resetConnectBackoff();
        }
    }

    /** Connects unless it has begun to. */
    void connect() {
        if (state == ConnectivityState.IDLE) {
            channel.getState(true);
        }
    }

    /** It told who it is. */
    void isKnownAs(long itsCluster, Optional<EtcdVersion> itsVersion) {
        version = itsVersion.orElse(version);
        belongs = cluster == 0 || cluster == itsCluster;
        onChange.accept(this);
    }

    void healthChanged() {
        onChange.accept(this);
    }

    /** Stops looking after it; the channel stays as it is. */
    void stop() {
        health.stop();
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }
}
