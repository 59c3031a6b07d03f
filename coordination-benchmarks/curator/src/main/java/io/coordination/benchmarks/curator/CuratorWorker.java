package io.coordination.benchmarks.curator;

import io.coordination.benchmarks.LockClients;
import io.coordination.benchmarks.LockWorkloads;
import io.coordination.benchmarks.Worker;

/** The worker JVM of Curator. */
public final class CuratorWorker {

    private CuratorWorker() {}

    /** The argument is the address of the server. */
    public static void main(String[] arguments) {
        try (LockClients mutexes = new LockClients(ttl -> new CuratorLockClient(arguments[0], ttl))) {
            Worker.serve(LockWorkloads.of("mutex", mutexes));
        }
    }
}
