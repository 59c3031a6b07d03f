package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP proxy in front of one server that breaks connections on purpose. It listens on a free port of 127.0.0.1 and hands
 * bytes on unchanged until it is told otherwise; faults act on present and on future connections until {@link #heal()}.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to(cluster.clientUri(0))) {
 *     // give proxy.uri() to the client instead of the member's own address
 *     proxy.swallowAnswers();   // the member acts, the client never hears of it
 *     proxy.heal();
 * }
 * }</pre>
 *
 * <p>Thread-safe. Its threads are daemons and its own.
 */
public final class FaultProxy implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FaultProxy.class);
    private static final int BACKLOG = 128;

    private final URI target;
    private final URI uri;
    private final InetSocketAddress address;
    private final ProxyFaults faults = new ProxyFaults();
    private final Traffic traffic = new Traffic();
    private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock listenerLock = new ReentrantLock(); // guards listener and closed
    private @Nullable Listener listener;
    private boolean closed;

    private FaultProxy(URI target) {
        this.target = target;
        ServerSocket first = FreePorts.listen(BACKLOG);
        this.address = new InetSocketAddress(first.getInetAddress(), first.getLocalPort());
        String scheme = target.getScheme() == null ? "tcp" : target.getScheme();
        this.uri = URI.create(scheme + "://127.0.0.1:" + first.getLocalPort());
        this.listener = serve(first);
    }

    /**
     * A proxy that accepts connections already.
     *
     * @param target host and port are where connections lead; the scheme is taken over into {@link #uri()}
     * @throws IllegalArgumentException when the target has no host or no port
     */
    public static FaultProxy to(URI target) {
        if (target.getHost() == null || target.getPort() < 0) {
            throw new IllegalArgumentException(
                    "target must name a host and a port, such as http://127.0.0.1:2379, but is " + target);
        }
        return new FaultProxy(target);
    }

    /** The address that a client uses instead of the target's. The same as long as the proxy lives. */
    public URI uri() {
        return uri;
    }

    /** Where connections lead. */
    public URI target() {
        return target;
    }

    /** Resets all present connections, both ways. New ones are accepted. */
    public void cut() {
        open.forEach(ProxiedConnection::cut);
    }

    /**
     * Lets so many more bytes pass to clients, counted over all connections, and then resets the one that carries the next,
     * in the middle of whatever it is saying. It happens once: later connections are not limited.
     *
     * @param bytes zero cuts at the next byte
     */
    public void cutAfterBytesToClient(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative, but is " + bytes);
        }
        faults.cutAfterAnswerBytes(bytes);
    }

    /** Refuses new connections; present ones stay. */
    public void refuse() {
        listenerLock.lock();
        try {
            if (listener != null) {
                listener.end();
                listener = null;
            }
        } finally {
            listenerLock.unlock();
        }
    }

    /**
     * Accepts new connections again, at the same address. Nothing happens when it does already.
     *
     * @throws IllegalStateException when the proxy is closed
     * @throws UncheckedIOException when another process took the port in the meantime
     */
    public void accept() {
        listenerLock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The proxy " + uri + " is closed: make a new one.");
            }
            if (listener == null) {
                listener = serve(FreePorts.listen(address.getPort(), BACKLOG));
            }
        } finally {
            listenerLock.unlock();
        }
    }

    /** Resets all connections and refuses new ones: the server is gone. */
    public void disconnect() {
        refuse();
        cut();
    }

    /**
     * Holds every byte back for a while, in both directions; a question and its answer take twice as long.
     *
     * @param delay zero ends the delay; bytes that wait already keep theirs
     */
    public void delay(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative, but is " + delay);
        }
        faults.delay(delay);
    }

    /** Drops what the server sends, while what the client sends goes through: the server acts, the client never knows. */
    public void swallowAnswers() {
        faults.swallowAnswers(true);
    }

    /**
     * Lets answers through again. Connections that lost bytes meanwhile are reset, because no network delivers a stream with
     * a hole.
     */
    public void passAnswers() {
        faults.swallowAnswers(false);
        open.stream().filter(ProxiedConnection::holed).forEach(ProxiedConnection::cut);
    }

    /**
     * Forwards nothing in either direction while all sockets stay open, as when a cable is pulled. New connections are
     * accepted and never answered. After {@link #heal()} the bytes that waited go through.
     */
    public void halfOpen() {
        faults.forward(false);
    }

    /** Ends all faults: accepts, forwards, no delay, no cut to come, answers pass. Connections that lost bytes are reset. */
    public void heal() {
        faults.delay(Duration.ZERO);
        faults.cutNoMore();
        passAnswers();
        faults.forward(true);
        accept();
    }

    /** How many connections were accepted since the beginning. */
    public long connections() {
        return traffic.accepted.get();
    }

    /** How many connections are open now. */
    public int openConnections() {
        return open.size();
    }

    /** How many bytes reached the server. */
    public long bytesToServer() {
        return traffic.toServer.get();
    }

    /** How many bytes reached the client; swallowed ones do not count. */
    public long bytesToClient() {
        return traffic.toClient.get();
    }

    /** Resets all connections and stops listening, for good. Idempotent. */
    @Override
    public void close() {
        listenerLock.lock();
        try {
            closed = true;
        } finally {
            listenerLock.unlock();
        }
        disconnect();
    }

    private Listener serve(ServerSocket socket) {
        Thread thread = new Thread(() -> acceptFrom(socket), "fault-proxy-accept-" + socket.getLocalPort());
        thread.setDaemon(true);
        thread.start();
        return new Listener(socket, thread);
    }

    private void acceptFrom(ServerSocket socket) {
        try {
            while (!socket.isClosed()) {
                admit(socket.accept(), socket);
            }
        } catch (SocketException e) {
            log.atDebug().addKeyValue("proxy", uri).log("Proxy stopped listening");
        } catch (IOException e) {
            log.atWarn().addKeyValue("proxy", uri).setCause(e).log("Proxy cannot accept connections");
        }
    }

    /** A connection that came in while the listener was being closed is refused, whoever was first. */
    private void admit(Socket client, ServerSocket socket) {
        ProxiedConnection connection = new ProxiedConnection(traffic, faults, client, open::remove);
        open.add(connection);
        traffic.accepted.incrementAndGet();
        if (socket.isClosed()) {
            connection.cut();
        } else {
            connection.start(new InetSocketAddress(target.getHost(), target.getPort()));
        }
    }

    /** A listening socket and the thread that accepts from it. */
    private record Listener(ServerSocket socket, Thread thread) {

        /** The system keeps the port until the thread has left its call, so this waits for it. */
        void end() {
            ProxiedConnection.close(socket);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What passed the proxy since it was made. */
    static final class Traffic {
        private final AtomicLong accepted = new AtomicLong();
        private final AtomicLong toServer = new AtomicLong();
        private final AtomicLong toClient = new AtomicLong();

        AtomicLong toServer() {
            return toServer;
        }

        AtomicLong toClient() {
            return toClient;
        }
    }
}
