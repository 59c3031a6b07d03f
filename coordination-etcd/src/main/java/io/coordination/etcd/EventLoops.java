package io.coordination.etcd;

import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one channel: native epoll where the machine has it, NIO elsewhere.
 *
 * @param group the event loops
 * @param channelType the kind of socket that fits them
 */
record EventLoops(EventLoopGroup group, Class<? extends Channel> channelType) {

    private static final AtomicInteger numbers = new AtomicInteger();

    static EventLoops open(int threads) {
        ThreadFactory factory = EventLoops::thread;
        return Epoll.isAvailable()
                ? new EventLoops(new EpollEventLoopGroup(threads, factory), EpollSocketChannel.class)
                : new EventLoops(new NioEventLoopGroup(threads, factory), NioSocketChannel.class);
    }

    private static Thread thread(Runnable loop) {
        Thread thread = new Thread(loop, "coordination-etcd-io-" + numbers.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /** Whether the current thread is one of these, so that waiting for them would never end. */
    boolean isOwnThread() {
        for (EventExecutor loop : group) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    void beginClose() {
        group.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS);
    }

    boolean awaitClosed(Duration limit) throws InterruptedException {
        return group.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
    }
}
