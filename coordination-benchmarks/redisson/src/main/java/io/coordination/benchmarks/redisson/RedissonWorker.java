package io.coordination.benchmarks.redisson;

import io.coordination.benchmarks.LockClients;
import io.coordination.benchmarks.LockWorkloads;
import io.coordination.benchmarks.Worker;
import io.coordination.benchmarks.Workload;
import java.util.HashMap;
import java.util.Map;
import org.redisson.api.RedissonClient;

/** The worker JVM of Redisson. */
public final class RedissonWorker {

    private RedissonWorker() {}

    /** The argument is the address of the server. */
    public static void main(String[] arguments) {
        String address = arguments[0];
        try (LockClients unfair =
                        new LockClients(ttl -> new RedissonLockClient(address, ttl, RedissonClient::getLock));
                LockClients fair =
                        new LockClients(ttl -> new RedissonLockClient(address, ttl, RedissonClient::getFairLock))) {
            Map<String, Workload> workloads = new HashMap<>(LockWorkloads.of("unfair", unfair));
            workloads.putAll(LockWorkloads.of("fair", fair));
            Worker.serve(workloads);
        }
    }
}
