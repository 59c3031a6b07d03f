package io.coordination.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1 that nobody listens on. They lie below the range from which systems choose the local port of an
 * outgoing connection: otherwise a client that keeps trying to reach a stopped server could take the server's own port,
 * or even connect to itself.
 */
final class FreePorts {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 1_000;

    private FreePorts() {}

    /** Different ports that are free now; another process may still be quicker to use one. */
    static List<Integer> find(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(listen(1));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            held.forEach(ProxiedConnection::close);
        }
    }

    /** A listener on a free port. */
    static ServerSocket listen(int backlog) {
        UncheckedIOException last = new UncheckedIOException(new IOException("no port was tried"));
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                return listen(ThreadLocalRandom.current().nextInt(FIRST, LAST), backlog);
            } catch (UncheckedIOException e) {
                last = e;
            }
        }
        throw new IllegalStateException("No free port of 127.0.0.1 between " + FIRST + " and " + LAST + ".", last);
    }

    /** A listener on this port. */
    static ServerSocket listen(int port, int backlog) {
        try {
            ServerSocket socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port), backlog);
                return socket;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on 127.0.0.1:" + port, e);
        }
    }
}
