package io.coordination.benchmarks.ours;

import io.coordination.CoordinatorOptions;
import io.coordination.benchmarks.LockClients;
import io.coordination.benchmarks.LockWorkloads;
import io.coordination.benchmarks.StoreWorkloads;
import io.coordination.benchmarks.Worker;
import io.coordination.benchmarks.Workload;
import io.coordination.lock.LockHandle;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The worker JVM of this project. */
public final class OursWorker {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private OursWorker() {}

    /** The argument is the endpoint. */
    public static void main(String[] arguments) {
        String endpoint = arguments[0];
        // Many JVMs start at once: that connecting takes its time is no failure here.
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints(endpoint)
                .connectTimeout(PATIENCE)
                .requestTimeout(PATIENCE)
                .build();
        try (OursStoreClient client = new OursStoreClient(endpoint);
                LockClients closing = locks(options, LockHandle::close);
                LockClients unlocking = locks(options, LockHandle::unlock);
                LockClients grouping =
                        locks(options.toBuilder().groupCommit(true).build(), LockHandle::close)) {
            Map<String, Workload> workloads = new HashMap<>(StoreWorkloads.of(client));
            workloads.put("mirror.read", new MirrorReads(endpoint));
            workloads.putAll(LockWorkloads.of("close", closing));
            workloads.putAll(LockWorkloads.of("unlock", unlocking));
            workloads.putAll(LockWorkloads.of("grouped", grouping));
            workloads.put(LockWorkloads.name("close", "renew"), new HeldLock(options));
            workloads.put(LockWorkloads.name("close", "retained"), new RetainedLock(options));
            Worker.serve(workloads);
        }
    }

    private static LockClients locks(CoordinatorOptions options, Consumer<LockHandle> release) {
        return new LockClients(ttl -> new OursLockClient(options, ttl, release));
    }
}
