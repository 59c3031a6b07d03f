package io.coordination.testkit;

import java.util.concurrent.Executor;

/**
 * A thread of its own for each task. The common pool has a single thread on two processors, so tasks that wait for each other
 * do not belong there.
 */
enum ThreadPerTask implements Executor {
    THREADS;

    @Override
    public void execute(Runnable task) {
        Thread thread = new Thread(task, "contract");
        thread.setDaemon(true);
        thread.start();
    }
}
