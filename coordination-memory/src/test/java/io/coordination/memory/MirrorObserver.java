package io.coordination.memory;

import io.coordination.Instrumentation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Writes down what a mirror reports. */
final class MirrorObserver implements Instrumentation.Mirrors {

    private final List<String> lines = new ArrayList<>();

    @Override
    public void loaded(int keys, Duration duration) {
        lines.add("loaded " + keys + " in " + duration.toMillis());
    }

    @Override
    public void resynced(Instrumentation.ResyncReason reason, int changes) {
        lines.add(reason + " " + changes);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
