package io.coordination.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Sends back what it gets, and counts it. */
final class EchoServer implements AutoCloseable {

    private final ServerSocket listener = FreePorts.listen(10);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong received = new AtomicLong();

    EchoServer() {
        daemon(() -> {
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

    @Override
    public void close() {
        ProxiedConnection.close(listener);
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

    private static void daemon(Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException expected) {
                        Thread.currentThread().interrupt();
                    }
                },
                "echo-server");
        thread.setDaemon(true);
        thread.start();
    }

    private interface Step {
        void run() throws IOException;
    }
}
