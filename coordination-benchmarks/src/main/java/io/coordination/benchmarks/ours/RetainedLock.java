package io.coordination.benchmarks.ours;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.benchmarks.Command;
import io.coordination.benchmarks.LockWorkloads;
import io.coordination.benchmarks.Reading;
import io.coordination.benchmarks.Workload;
import io.coordination.lock.LockOptions;
import java.time.Duration;

/** A lock that stays with the process when it is idle, taken again and again: {@code ns} is the time of one cycle. */
final class RetainedLock implements Workload {

    private static final LockOptions OPTIONS = LockOptions.ofTtl(Duration.ofSeconds(30)).toBuilder()
            .retain(Duration.ofSeconds(30))
            .build();

    private final CoordinatorOptions options;

    RetainedLock(CoordinatorOptions options) {
        this.options = options;
    }

    @Override
    public Reading run(Command command) {
        try (Coordinator coordinator = Coordination.connect(options)) {
            return LockWorkloads.counted(command, () -> cycle(coordinator));
        }
    }

    private static void cycle(Coordinator coordinator) {
        try {
            coordinator.lock().acquire("bench-retained", OPTIONS).close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a lock that is here", e);
        }
    }
}
