package io.coordination.benchmarks.jetcd;

import io.coordination.benchmarks.StoreWorkloads;
import io.coordination.benchmarks.Worker;

/** The worker JVM of jetcd. */
public final class JetcdWorker {

    private JetcdWorker() {}

    /** The argument is the endpoint. */
    public static void main(String[] arguments) {
        try (JetcdStoreClient client = new JetcdStoreClient(arguments[0])) {
            Worker.serve(StoreWorkloads.of(client));
        }
    }
}
