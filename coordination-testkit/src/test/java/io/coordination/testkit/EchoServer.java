package io.coordination.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends back what it gets, and counts it. */
final class EchoServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EchoServer.class);

    private final ServerSocket listener = FreePorts.listen(10);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong received = new AtomicLong();

    private final Thread accepting;

    EchoServer() {
        accepting = daemon(() -> {
            while (true) {
                Socket socket = listener.accept();
                open.add(socket);
                daemon(() -> echo(socket));
            }
        });
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    long received() {
        return received.get();
    }

    int openConnections() {
        return open.size();
    }

    void dropConnections() {
        open.forEach(ProxiedConnection::close);
    }

    /** A connection that came in during the call is dropped too, so it waits for the thread that accepts. */
    @Override
    public void close() {
        ProxiedConnection.close(listener);
        try {
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        dropConnections();
    }

    private void echo(Socket socket) throws IOException {
        try (socket) {
            byte[] buffer = new byte[4096];
            for (int count = socket.getInputStream().read(buffer);
                    count >= 0;
                    count = socket.getInputStream().read(buffer)) {
                received.addAndGet(count);
                socket.getOutputStream().write(buffer, 0, count);
            }
        } finally {
            open.remove(socket);
        }
    }

    private static Thread daemon(Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        log.atDebug().setCause(e).log("Connection of the echo server ended");
                    }
                },
                "echo-server");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private interface Step {
        void run() throws IOException;
    }
}
