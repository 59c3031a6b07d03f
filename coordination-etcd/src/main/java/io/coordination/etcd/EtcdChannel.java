package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.coordination.TlsOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to a cluster: one gRPC channel over all endpoints with threads of its own, none of which outlives it.
 *
 * <p>Callbacks run on the event loops themselves (direct executor): that halves the time of a call and obliges all code
 * behind a callback to be short.
 *
 * @param grpc the channel; connects at the first call
 * @param loops its event loops
 * @param lookups the thread for name look-ups, which block
 */
record EtcdChannel(ManagedChannel grpc, EventLoops loops, ExecutorService lookups) {

    private static final Logger log = LoggerFactory.getLogger(EtcdChannel.class);

    /** A page of 64 MiB is far above what a range with a limit answers; gRPC's default of 4 MiB is not. */
    static final int MAX_ANSWER_BYTES = 64 << 20;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    /** Tells everybody at INFO, once a JVM, that epoll is there. Held here, because the JDK forgets unheld loggers. */
    private static final java.util.logging.Logger CHATTY =
            java.util.logging.Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.TcpMetrics");

    static EtcdChannel open(CoordinatorOptions options, List<Endpoint> endpoints) {
        if (CHATTY.getLevel() == null) {
            CHATTY.setLevel(Level.WARNING);
        }
        EventLoops loops = EventLoops.open(Math.min(2, endpoints.size()));
        ExecutorService lookups = lookupThread();
        try {
            NettyChannelBuilder builder = NettyChannelBuilder.forTarget(EndpointResolver.SCHEME + ":///cluster");
            resolveWith(builder, new EndpointResolver.Factory(endpoints, certificateName(options), lookups));
            secure(builder, options, endpoints);
            ManagedChannel channel = builder.defaultLoadBalancingPolicy("round_robin")
                    .disableServiceConfigLookUp()
                    .eventLoopGroup(loops.group())
                    .channelType(loops.channelType())
                    .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis(options))
                    .directExecutor()
                    .offloadExecutor(lookups)
                    // etcd answers pings that come more often than every 5 s, or without a call, with GOAWAY.
                    .keepAliveTime(10, TimeUnit.SECONDS)
                    .keepAliveTimeout(3, TimeUnit.SECONDS)
                    .keepAliveWithoutCalls(false)
                    .maxInboundMessageSize(MAX_ANSWER_BYTES)
                    .build();
            return new EtcdChannel(channel, loops, lookups);
        } catch (RuntimeException | LinkageError e) {
            loops.beginClose();
            lookups.shutdownNow();
            throw e;
        }
    }

    private static Optional<String> certificateName(CoordinatorOptions options) {
        return options.tls().flatMap(TlsOptions::authority);
    }

    private static void secure(NettyChannelBuilder builder, CoordinatorOptions options, List<Endpoint> endpoints) {
        if (endpoints.get(0).tls()) {
            builder.sslContext(Tls.context(options.tls().orElseThrow()));
        } else {
            builder.usePlaintext();
        }
    }

    // The replacement is a registry of the whole JVM, where the resolver of one channel does not belong.
    @SuppressWarnings("deprecation")
    private static void resolveWith(NettyChannelBuilder builder, EndpointResolver.Factory factory) {
        builder.nameResolverFactory(factory);
    }

    private static int connectMillis(CoordinatorOptions options) {
        return (int) Math.min(
                options.connectTimeout().toMillis(), options.requestTimeout().toMillis());
    }

    private static ExecutorService lookupThread() {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(
                1,
                1,
                5,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread lookup = new Thread(task, "coordination-etcd-dns");
                    lookup.setDaemon(true);
                    return lookup;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /** Ends all calls and stops the threads; waits for that at most 2 s, and not at all on an event loop. Idempotent. */
    void close() {
        grpc.shutdownNow();
        lookups.shutdownNow();
        boolean mayWait = !loops.isOwnThread();
        try {
            if (mayWait && !grpc.awaitTermination(CLOSE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                log.atWarn().log("The channel to etcd did not end in time");
            }
            loops.beginClose();
            if (mayWait && !loops.awaitClosed(CLOSE_LIMIT)) {
                log.atWarn().log("The threads of the channel to etcd did not end in time");
            }
        } catch (InterruptedException e) {
            loops.beginClose();
            Thread.currentThread().interrupt();
        }
    }
}
