package io.coordination.lock.internal.queue;

import java.util.List;

/**
 * What the machine knows about its watch, and the reads that make up for what a watch cannot say.
 *
 * <p>A watch is <em>live</em> when the server has it. It is <em>confirmed</em> when the server was heard within the last second
 * while somebody wanted to be sure: a cut watch looks like one on which nothing happens.
 */
final class WatchState {

    private static final long CONFIRM_NANOS = 500_000_000L;
    private static final long RELIST_NANOS = 3_000_000_000L;
    private static final long READ_AGAIN_NANOS = 200_000_000L;

    private final QueueSink sink;
    private boolean open;
    private boolean live;
    private boolean broken;
    private long floor;
    private boolean reading;
    private boolean readCounts;
    private boolean confirmed;
    private boolean timing;
    private boolean wanted;
    private boolean asked;
    private boolean relisting;

    WatchState(QueueSink sink) {
        this.sink = sink;
    }

    boolean isOpen() {
        return open;
    }

    boolean isLive() {
        return live;
    }

    boolean isReading() {
        return reading;
    }

    /** Whether nothing is missed and the server was heard lately. */
    boolean isConfirmed() {
        return live && confirmed;
    }

    /** Whether it delivers at this moment, as far as known. */
    boolean isUnbroken() {
        return live && !broken;
    }

    long floor() {
        return floor;
    }

    void open() {
        if (!open) {
            open = true;
            sink.openWatch();
        }
    }

    void close() {
        if (open) {
            gap();
            open = false;
            sink.closeWatch();
        }
        if (timing) {
            timing = false;
            sink.disarm(QueueTimer.CONFIRM);
        }
    }

    /** The server has the watch, for the first time or again. */
    void live(long from) {
        broken = false;
        if (!live) {
            live = true;
            floor = from;
        }
    }

    /** Revisions were missed, or the watch is gone. */
    void gap() {
        live = false;
        readCounts = false;
        confirmed = false;
    }

    /** The server cannot be heard at the moment. */
    void interrupted() {
        broken = true;
        confirmed = false;
    }

    void read() {
        if (!reading) {
            reading = true;
            readCounts = live;
            sink.readQueue();
        }
    }

    /** A read was answered; whether the watch was live all the time. */
    boolean readEnded() {
        reading = false;
        if (readCounts && live) {
            heard();
        }
        return readCounts && live;
    }

    /**
     * A read was not answered.
     *
     * @param needed whether to try again
     */
    void readFailed(boolean needed) {
        reading = false;
        if (needed) {
            sink.arm(QueueTimer.READ_AGAIN, READ_AGAIN_NANOS);
        }
    }

    // ---- regular reads

    /** Reads from time to time from now on, in case the watch has lost an event. */
    void relist() {
        if (!relisting) {
            relisting = true;
            sink.arm(QueueTimer.RELIST, RELIST_NANOS);
        }
    }

    /** It is time for a regular read, if anybody still waits. */
    void relistAgain(boolean needed) {
        relisting = false;
        if (needed) {
            read();
            relist();
        }
    }

    void relistNoLonger() {
        if (relisting) {
            relisting = false;
            sink.disarm(QueueTimer.RELIST);
        }
    }

    // ---- confirmation

    /** The server was heard. */
    void heard() {
        if (live) {
            confirmed = true;
            asked = false;
            time();
        }
    }

    /** Somebody wants to be sure from now on that a quiet watch means a quiet queue. */
    void want() {
        wanted = true;
        open();
        if (live && !confirmed && !asked) {
            asked = true;
            read();
        }
        time();
    }

    private void time() {
        if (!timing) {
            timing = true;
            sink.arm(QueueTimer.CONFIRM, CONFIRM_NANOS);
        }
    }

    /** The time of the last confirmation is up; whoever still relies on one asks for it again. */
    void confirmAgain(boolean needed) {
        timing = false;
        if (asked || !(needed || wanted)) {
            confirmed = false;
        }
        asked = false;
        if (needed || wanted) {
            wanted = false;
            time();
            asked = live;
            if (live) {
                read();
            }
        }
    }

    WatchState copy(QueueSink other) {
        WatchState copy = new WatchState(other);
        copy.open = open;
        copy.live = live;
        copy.broken = broken;
        copy.floor = floor;
        copy.reading = reading;
        copy.readCounts = readCounts;
        copy.confirmed = confirmed;
        copy.timing = timing;
        copy.wanted = wanted;
        copy.asked = asked;
        copy.relisting = relisting;
        return copy;
    }

    Object state() {
        return List.of(
                List.of(open, live, broken, reading, readCounts),
                floor,
                List.of(confirmed, timing, wanted, asked),
                relisting);
    }
}
