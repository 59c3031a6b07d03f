package io.coordination.etcd;

import io.coordination.Instrumentation;
import java.util.concurrent.locks.ReentrantLock;

/** Tells how many calls are under way or wait, after each change and in the order of the changes. Thread-safe. */
final class CallCount {

    private final Instrumentation.Connections heard;
    private final boolean silent;
    private final ReentrantLock lock =
            new ReentrantLock(); // guards calls; held while it is told, so that the last word is right
    private int calls;

    CallCount(Instrumentation.Connections heard) {
        this.heard = heard;
        this.silent = heard == Instrumentation.Connections.NONE;
    }

    void oneMore() {
        if (!silent) {
            change(1);
        }
    }

    void oneLess() {
        if (!silent) {
            change(-1);
        }
    }

    private void change(int by) {
        lock.lock();
        try {
            calls += by;
            heard.inFlight(calls);
        } finally {
            lock.unlock();
        }
    }
}
