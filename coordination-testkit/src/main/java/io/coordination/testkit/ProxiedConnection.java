package io.coordination.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's connection, the connection to the target that belongs to it, and the four threads between them. */
final class ProxiedConnection {

    private static final Logger log = LoggerFactory.getLogger(ProxiedConnection.class);
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    private final Socket client;
    private final Socket server;
    private final ProxyFaults faults;
    private final BytePipe questions;
    private final BytePipe answers;
    private final Consumer<ProxiedConnection> whenClosed;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final AtomicInteger openDirections = new AtomicInteger(2);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** A connection that {@link #start} connects to the target; {@code whenClosed} runs once. */
    ProxiedConnection(
            FaultProxy.Traffic traffic, ProxyFaults faults, Socket client, Consumer<ProxiedConnection> whenClosed) {
        this.faults = faults;
        this.client = client;
        this.server = new Socket();
        this.questions = new BytePipe(client, server, faults, false, traffic.toServer());
        this.answers = new BytePipe(server, client, faults, true, traffic.toClient());
        this.whenClosed = whenClosed;
    }

    /** Connects to the target in the background, as soon as bytes may pass; the client's connection ends when that fails. */
    void start(InetSocketAddress target) {
        run("connect", () -> {
            faults.awaitPassage(System.nanoTime());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target, CONNECT_TIMEOUT_MILLIS);
            run("questions-in", questions::read);
            run("answers-in", answers::read);
            run("questions-out", () -> {
                questions.write();
                directionEnded();
            });
            run("answers-out", () -> {
                answers.write();
                directionEnded();
            });
        });
    }

    /** True when the client missed bytes. */
    boolean holed() {
        return answers.holed();
    }

    /** Ends both sides at once, with a reset instead of an orderly end. */
    void cut() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        reset(client);
        reset(server);
        threads.forEach(Thread::interrupt);
        whenClosed.accept(this);
    }

    private void directionEnded() {
        if (openDirections.decrementAndGet() == 0 && closed.compareAndSet(false, true)) {
            close(client);
            close(server);
            whenClosed.accept(this);
        }
    }

    private void run(String role, Step step) {
        Thread thread = thread(role, step);
        threads.add(thread);
        thread.start();
        if (closed.get()) {
            thread.interrupt();
        }
    }

    private Thread thread(String role, Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        log.atDebug().addKeyValue("role", role).setCause(e).log("Proxied connection broke");
                        cut();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        cut();
                    }
                },
                "fault-proxy-" + role);
        thread.setDaemon(true);
        return thread;
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            log.atDebug().setCause(e).log("Socket was closed before it could be reset");
        }
        close(socket);
    }

    static void close(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            log.atDebug().setCause(e).log("Socket did not close");
        }
    }

    /** What one of the threads does. */
    private interface Step {
        void run() throws IOException, InterruptedException;
    }
}
