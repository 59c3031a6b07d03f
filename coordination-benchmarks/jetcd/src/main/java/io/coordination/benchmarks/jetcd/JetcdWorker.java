package io.coordination.benchmarks.jetcd;

import io.coordination.benchmarks.LockClients;
import io.coordination.benchmarks.LockWorkloads;
import io.coordination.benchmarks.StoreWorkloads;
import io.coordination.benchmarks.Worker;
import io.coordination.benchmarks.Workload;
import java.util.HashMap;
import java.util.Map;

/** The worker JVM of jetcd. */
public final class JetcdWorker {

    private JetcdWorker() {}

    /** The argument is the endpoint. */
    public static void main(String[] arguments) {
        String endpoint = arguments[0];
        try (JetcdStoreClient client = new JetcdStoreClient(endpoint);
                LockClients own = new LockClients(ttl -> new JetcdLockClient(endpoint, ttl));
                LockClients shared = new LockClients(ttl -> new JetcdSharedLeaseLockClient(endpoint, ttl))) {
            Map<String, Workload> workloads = new HashMap<>(StoreWorkloads.of(client));
            workloads.putAll(LockWorkloads.of("own", own));
            workloads.putAll(LockWorkloads.of("shared", shared));
            Worker.serve(workloads);
        }
    }
}
