package io.coordination.benchmarks.ours;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.benchmarks.Command;
import io.coordination.benchmarks.LockWorkloads;
import io.coordination.benchmarks.Reading;
import io.coordination.benchmarks.Workload;
import io.coordination.lock.LockHandle;
import io.coordination.lock.watchdog.WatchdogConfig;
import java.time.Duration;

/** One lock with a watchdog that is renewed by hand: what each tick of it waits for, and a proof that the key is there. */
final class HeldLock implements Workload {

    private final CoordinatorOptions options;

    HeldLock(CoordinatorOptions options) {
        this.options = options;
    }

    @Override
    public Reading run(Command command) {
        try (Coordinator coordinator = Coordination.connect(options);
                LockHandle lock = coordinator.lock().acquire("bench-renewed", Duration.ofSeconds(30))) {
            lock.startWatchdog(WatchdogConfig.defaults());
            return LockWorkloads.repeated(command, lock::renew);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a lock that nobody else wants", e);
        }
    }
}
