package io.coordination.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One direction of a proxied connection. A reader takes bytes as they come and a writer hands them on when they are due,
 * so that a delay adds to the latency and not to the time between two packets. The bounded queue between them lets the
 * sender's own flow control act while nothing is forwarded.
 */
final class BytePipe {

    private static final Logger log = LoggerFactory.getLogger(BytePipe.class);
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final byte[] NOTHING = new byte[0];
    private static final int QUEUED_CHUNKS = 64;

    private final Socket from;
    private final Socket to;
    private final ProxyFaults faults;
    private final boolean answers;
    private final AtomicLong passedBytes;
    private final BlockingQueue<Chunk> queue = new LinkedBlockingQueue<>(QUEUED_CHUNKS);
    private volatile boolean holed;

    /** A pipe; {@code answers} says that it leads from the server to the client. */
    BytePipe(Socket from, Socket to, ProxyFaults faults, boolean answers, AtomicLong passedBytes) {
        this.from = from;
        this.to = to;
        this.faults = faults;
        this.answers = answers;
        this.passedBytes = passedBytes;
    }

    /** True when bytes of this direction were dropped: what follows them has no meaning to the receiver. */
    boolean holed() {
        return holed;
    }

    /** Reads until the sender has finished or is gone; the receiver learns of either only when bytes may pass. */
    void read() throws InterruptedException {
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[CHUNK_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                enqueue(Kind.BYTES, Arrays.copyOf(buffer, count));
            }
            enqueue(Kind.END, NOTHING);
        } catch (IOException e) {
            log.atDebug().addKeyValue("answers", answers).setCause(e).log("Sender of a proxied connection is gone");
            enqueue(Kind.BROKEN, NOTHING);
        }
    }

    /** Writes until the sender has finished, then tells the receiver so. */
    void write() throws IOException, InterruptedException {
        OutputStream out = to.getOutputStream();
        Chunk chunk = nextDue();
        while (chunk.kind == Kind.BYTES) {
            deliver(chunk.bytes, out);
            chunk = nextDue();
        }
        if (chunk.kind == Kind.BROKEN) {
            throw new IOException("the sender is gone");
        }
        to.shutdownOutput();
    }

    private void enqueue(Kind kind, byte[] bytes) throws InterruptedException {
        queue.put(new Chunk(kind, bytes, System.nanoTime() + faults.delayNanos()));
    }

    private Chunk nextDue() throws InterruptedException {
        Chunk chunk = queue.take();
        faults.awaitPassage(chunk.dueNanos);
        return chunk;
    }

    private void deliver(byte[] bytes, OutputStream out) throws IOException {
        if (answers && faults.swallowsAnswers()) {
            holed = true;
        }
        if (!holed) {
            int passing = answers ? faults.takeAnswerBytes(bytes.length) : bytes.length;
            passedBytes.addAndGet(passing); // before the receiver can react to them
            out.write(bytes, 0, passing);
            if (passing < bytes.length) {
                throw new IOException("the connection was to end here");
            }
        } else if (!faults.swallowsAnswers()) {
            throw new IOException("bytes before these were swallowed");
        }
    }

    private enum Kind {
        BYTES,
        END,
        BROKEN
    }

    /** What the reader saw, and when the receiver may see it. */
    private static final class Chunk {
        private final Kind kind;
        private final byte[] bytes;
        private final long dueNanos;

        Chunk(Kind kind, byte[] bytes, long dueNanos) {
            this.kind = kind;
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }
}
