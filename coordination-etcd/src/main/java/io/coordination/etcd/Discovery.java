package io.coordination.etcd;

import io.coordination.store.TimeSource;
import io.coordination.store.TimeSource.Timer;
import io.etcd.jetcd.api.ClusterGrpc;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberListResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the cluster for its members and has them used: when the first member is connected, whenever one is connected again,
 * and every minute. A list that does not come changes nothing.
 */
final class Discovery {

    static final Duration EVERY = Duration.ofSeconds(60);

    /** Members come back one after the other: one list serves them all. */
    static final Duration LEAST_PAUSE = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(Discovery.class);

    private final Members members;
    private final ResilientCalls calls;
    private final TimeSource time;
    private final Duration timeout;
    private final ClientUrls urls;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long lastAsked;
    private volatile @Nullable Timer next;
    private volatile boolean closed;

    Discovery(Members members, ResilientCalls calls, TimeSource time, Duration timeout) {
        this.members = members;
        this.calls = calls;
        this.time = time;
        this.timeout = timeout;
        this.urls = new ClientUrls(members.all().stream().map(Member::endpoint).toList());
        this.lastAsked = time.nanoTime() - EVERY.toNanos();
    }

    /** A member is connected. Called inside its channel. */
    void connected() {
        if (!asking.get() && time.nanoTime() - lastAsked >= LEAST_PAUSE.toNanos()) {
            time.schedule(Duration.ZERO, this::ask);
        }
    }

    private void ask() {
        if (closed || !asking.compareAndSet(false, true)) {
            return;
        }
        lastAsked = time.nanoTime();
        cancelNext();
        Rpc<MemberListRequest, MemberListResponse, MemberListResponse> list = new Rpc<>(
                ClusterGrpc.getMemberListMethod(),
                MemberListRequest.getDefaultInstance(),
                answer -> answer,
                CallKind.READ,
                "list of members of",
                "cluster",
                timeout);
        Futures.whenDone(calls.call(list), (answer, failure) -> {
            asking.set(false);
            if (failure == null) {
                members.become(urls.usable(answer), answer.getHeader().getClusterId());
            } else if (!closed) {
                log.atDebug().setCause(failure).log("The members of the cluster could not be listed");
            }
            askLater();
        });
    }

    private void askLater() {
        if (!closed) {
            next = time.schedule(EVERY, this::ask);
        }
    }

    private void cancelNext() {
        Timer armed = next;
        if (armed != null) {
            armed.cancel();
        }
    }

    void close() {
        closed = true;
        cancelNext();
    }
}
