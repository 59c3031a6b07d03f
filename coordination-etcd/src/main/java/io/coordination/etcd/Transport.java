package io.coordination.etcd;

import io.coordination.CoordinatorOptions;
import io.coordination.Instrumentation;
import io.coordination.TlsOptions;
import io.coordination.store.TimeSource;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the channels to the members, one for each, on threads that they share and that do not outlive this.
 *
 * <p>Callbacks run on the event loops themselves (direct executor): that halves the time of a call and obliges all code
 * behind a callback to be short.
 */
final class Transport {

    private static final Logger log = LoggerFactory.getLogger(Transport.class);

    /** A page of 64 MiB is far above what a range with a limit answers; gRPC's default of 4 MiB is not. */
    static final int MAX_ANSWER_BYTES = 64 << 20;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    /** What these say, once a JVM or at every attempt, we say ourselves. Held here: the JDK forgets unheld loggers. */
    private static final Map<java.util.logging.Logger, Level> CHATTY = Map.of(
            java.util.logging.Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.TcpMetrics"), Level.WARNING,
            java.util.logging.Logger.getLogger("io.grpc.internal.ManagedChannelImpl"), Level.SEVERE);

    private final EventLoops loops;
    private final ExecutorService lookups;
    private final Optional<String> certificateName;
    private final int connectMillis;
    private final @Nullable SslContext tls;

    private Transport(CoordinatorOptions options, EventLoops loops, @Nullable SslContext tls) {
        this.loops = loops;
        this.tls = tls;
        this.lookups = lookupThread();
        this.certificateName = options.tls().flatMap(TlsOptions::authority);
        this.connectMillis = (int) Math.min(
                options.connectTimeout().toMillis(), options.requestTimeout().toMillis());
    }

    /** Reads the TLS material if the endpoints want it, and makes the threads. */
    static Transport open(
            CoordinatorOptions options,
            List<Endpoint> endpoints,
            TimeSource time,
            Instrumentation.Connections instrumentation) {
        CHATTY.forEach((logger, level) -> {
            if (logger.getLevel() == null) {
                logger.setLevel(level);
            }
        });
        @Nullable
        SslContext tls =
                endpoints.get(0).tls() ? new ReloadingTls(options.tls().orElseThrow(), time, instrumentation) : null;
        return new Transport(
                options, EventLoops.open(options.discoverMembers() ? 2 : Math.min(2, endpoints.size())), tls);
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

    /** A channel to one member, which connects at the first call. */
    ManagedChannel channelTo(Endpoint endpoint) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(EndpointResolver.SCHEME + ":///member");
        resolveWith(builder, new EndpointResolver.Factory(endpoint, certificateName, lookups));
        if (tls == null) {
            builder.usePlaintext();
        } else {
            builder.sslContext(tls);
        }
        // Over the one group of a member's addresses, round robin is what connects again at once after a loss.
        return builder.defaultLoadBalancingPolicy("round_robin")
                .disableServiceConfigLookUp()
                .eventLoopGroup(loops.group())
                .channelType(loops.channelType())
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
                .directExecutor()
                .offloadExecutor(lookups)
                // etcd answers pings that come more often than every 5 s, or without a call, with GOAWAY.
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(3, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(false)
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .build();
    }

    // The replacement is a registry of the whole JVM, where the resolver of one channel does not belong.
    @SuppressWarnings("deprecation")
    private static void resolveWith(NettyChannelBuilder builder, EndpointResolver.Factory factory) {
        builder.nameResolverFactory(factory);
    }

    /**
     * Ends all calls of the given channels and stops the threads; waits for that at most 2 s, and not at all on an event
     * loop. Idempotent.
     */
    void close(List<ManagedChannel> channels) {
        channels.forEach(ManagedChannel::shutdownNow);
        lookups.shutdownNow();
        boolean mayWait = !loops.isOwnThread();
        try {
            if (mayWait && !haveEnded(channels)) {
                log.atWarn().log("The channels to etcd did not end in time");
            }
            loops.beginClose();
            if (mayWait && !loops.awaitClosed(CLOSE_LIMIT)) {
                log.atWarn().log("The threads of the channels to etcd did not end in time");
            }
        } catch (InterruptedException e) {
            loops.beginClose();
            Thread.currentThread().interrupt();
        }
    }

    private static boolean haveEnded(List<ManagedChannel> channels) throws InterruptedException {
        long deadline = System.nanoTime() + CLOSE_LIMIT.toNanos();
        for (ManagedChannel channel : channels) {
            if (!channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        }
        return true;
    }
}
