package io.coordination.benchmarks.ours;

import io.coordination.benchmarks.StoreWorkloads;
import io.coordination.benchmarks.Worker;
import io.coordination.benchmarks.Workload;
import java.util.HashMap;
import java.util.Map;

/** The worker JVM of this project. */
public final class OursWorker {

    private OursWorker() {}

    /** The argument is the endpoint. */
    public static void main(String[] arguments) {
        String endpoint = arguments[0];
        try (OursStoreClient client = new OursStoreClient(endpoint)) {
            Map<String, Workload> workloads = new HashMap<>(StoreWorkloads.of(client));
            workloads.put("mirror.read", new MirrorReads(endpoint));
            Worker.serve(workloads);
        }
    }
}
