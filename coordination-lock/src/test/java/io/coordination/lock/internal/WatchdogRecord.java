package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.lock.watchdog.WatchdogConfig;
import java.util.ArrayList;
import java.util.List;

/** The callbacks of a watchdog, and what they heard. */
final class WatchdogRecord {

    final List<CoordinationException> failures = new ArrayList<>();
    int successes;

    /** Terms that call this record. */
    WatchdogConfig.Builder terms() {
        return WatchdogConfig.builder().onSuccess(() -> successes++).onFailure(failures::add);
    }

    CoordinationException last() {
        return failures.get(failures.size() - 1);
    }
}
