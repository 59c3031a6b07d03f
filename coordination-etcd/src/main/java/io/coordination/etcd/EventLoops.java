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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one channel: native epoll where the machine has it, NIO elsewhere.
 *
 * @param group the event loops
 * @param channelType the kind of socket that fits them
 * @param threads those that have been started
 */
record EventLoops(EventLoopGroup group, Class<? extends Channel> channelType, Queue<Thread> threads) {

    private static final AtomicInteger numbers = new AtomicInteger();

    static EventLoops open(int threads) {
        Queue<Thread> started = new ConcurrentLinkedQueue<>();
        ThreadFactory factory = loop -> {
            Thread thread = thread(loop);
            started.add(thread);
            return thread;
        };
        return Epoll.isAvailable()
                ? new EventLoops(new EpollEventLoopGroup(threads, factory), EpollSocketChannel.class, started)
                : new EventLoops(new NioEventLoopGroup(threads, factory), NioSocketChannel.class, started);
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

    /** Waits until the threads have ended; the group says so a little earlier, from within them. */
    boolean awaitClosed(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean ended = group.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
        for (Thread thread : threads) {
            TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
            ended &= !thread.isAlive();
        }
        return ended;
    }
}
