package io.coordination.tests.lockchaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a process did, line by line in a file that outlives {@code kill -9}: a line that was written is there. Thread-safe.
 */
final class Journal implements AutoCloseable {

    private final FileChannel file;
    private final ReentrantLock lock = new ReentrantLock(); // one line at a time

    private Journal(FileChannel file) {
        this.file = file;
    }

    static Journal create(Path path) throws IOException {
        return new Journal(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    void write(Entry entry) {
        ByteBuffer line = ByteBuffer.wrap((entry.line() + '\n').getBytes(StandardCharsets.UTF_8));
        lock.lock();
        try {
            while (line.hasRemaining()) {
                file.write(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the journal", e);
        } finally {
            lock.unlock();
        }
    }

    /** All whole lines. */
    static List<Entry> read(Path path) throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        String text = Files.readString(path);
        List<Entry> entries = new ArrayList<>();
        text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(line -> entries.add(Entry.parse(line)));
        return entries;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** One line: what happened, and the facts. */
    record Entry(What what, List<String> facts) {

        /** What can happen. */
        enum What {
            /** The process began; its monotonic clock. */
            BEGAN,
            /** A request: number, lock, way of asking. */
            ASKED,
            /** How a request ended: number, outcome. */
            ANSWERED,
            /** The process was told that it holds: lock, token, clock before it asked, clock after. */
            HELD,
            /** An increment is about to be sent: lock, token, new count. */
            WRITING,
            /** What became of it: lock, token, outcome. */
            WROTE,
            /** Once the faults were over the process got a lock: lock. */
            SERVED,
            /** Something that must not be: a sentence. */
            BROKEN,
            /** The process closed everything and ended. */
            ENDED
        }

        static Entry of(What what, Object... facts) {
            return new Entry(
                    what,
                    List.of(facts).stream()
                            .map(fact -> fact.toString().replaceAll("[\\t\\n\\r]", " "))
                            .toList());
        }

        String line() {
            return what + "\t" + String.join("\t", facts);
        }

        static Entry parse(String line) {
            List<String> parts = List.of(line.split("\t", -1));
            return new Entry(What.valueOf(parts.get(0)), parts.subList(1, parts.size()));
        }

        String fact(int index) {
            return facts.get(index);
        }

        long number(int index) {
            return Long.parseLong(fact(index));
        }
    }
}
