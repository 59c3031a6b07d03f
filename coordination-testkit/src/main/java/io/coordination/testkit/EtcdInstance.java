package io.coordination.testkit;

/** One etcd server that can be stopped and started again with the same data, addresses and arguments. */
interface EtcdInstance {

    /** Starts it, for the first time or again; does not wait until it serves. */
    void start();

    /** True while the server has not ended; a paused one runs. */
    boolean isRunning();

    /** True between {@link #pause()} and {@link #resume()}. */
    boolean isPaused();

    /** Asks it to end and waits until it has. */
    void terminate();

    /** Ends it without a chance to react and waits until it is gone. */
    void kill();

    /** Freezes it. */
    void pause();

    /** Lets it go on. */
    void resume();

    /** The last lines that it logged. */
    String logTail();
}
