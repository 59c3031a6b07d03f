package io.coordination.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what is still open when the JVM ends, the youngest first: processes before the directories they write to. */
final class ExitCleanup {

    private static final Logger log = LoggerFactory.getLogger(ExitCleanup.class);
    private static final ReentrantLock lock = new ReentrantLock(); // guards open
    private static final Deque<AutoCloseable> open = new ArrayDeque<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ExitCleanup::closeAll, "testkit-exit-cleanup"));
    }

    private ExitCleanup() {}

    static void add(AutoCloseable resource) {
        lock.lock();
        try {
            open.push(resource);
        } finally {
            lock.unlock();
        }
    }

    static void remove(AutoCloseable resource) {
        lock.lock();
        try {
            open.remove(resource);
        } finally {
            lock.unlock();
        }
    }

    private static List<AutoCloseable> present() {
        lock.lock();
        try {
            return new ArrayList<>(open);
        } finally {
            lock.unlock();
        }
    }

    private static void closeAll() {
        for (AutoCloseable resource : present()) {
            try {
                resource.close();
            } catch (Exception e) {
                log.atWarn().setCause(e).log("Test resource was not closed when the JVM ended");
            }
        }
    }
}
