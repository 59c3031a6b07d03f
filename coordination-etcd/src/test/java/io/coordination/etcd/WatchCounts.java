package io.coordination.etcd;

import io.coordination.ErrorCode;
import io.coordination.Instrumentation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what the instrumentation hears of watches. */
final class WatchCounts implements Instrumentation, Instrumentation.Watches {

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private volatile boolean throwing;

    @Override
    public Watches watches() {
        return this;
    }

    @Override
    public void streams(int streams) {
        note("streams " + streams);
    }

    @Override
    public void opened() {
        note("opened");
    }

    @Override
    public void interrupted(ErrorCode reason) {
        note("interrupted " + reason);
    }

    @Override
    public void silent() {
        note("silent");
    }

    @Override
    public void historyLost(ResyncReason reason) {
        note("lost " + reason);
    }

    private void note(String line) {
        heard.add(line);
        if (throwing) {
            throw new IllegalStateException("as the test wants");
        }
    }

    /** Throws at each call from now on. */
    void throwAlways() {
        throwing = true;
    }

    List<String> heard() {
        return heard;
    }
}
