package io.coordination.benchmarks;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The clients of one way of using a library, one for each TTL, opened when they are first needed. Thread-safe. */
public final class LockClients implements AutoCloseable {

    /** What locks live without their holder when nothing is said about it. */
    private static final Duration TTL = Duration.ofSeconds(30);

    private final Function<Duration, ? extends LockClient> open;
    private final Map<Duration, LockClient> opened = new ConcurrentHashMap<>();

    /**
     * Nothing is open yet.
     *
     * @param open makes a client whose locks outlive it by a TTL
     */
    public LockClients(Function<Duration, ? extends LockClient> open) {
        this.open = open;
    }

    LockClient usual() {
        return of(TTL);
    }

    LockClient of(Duration ttl) {
        return opened.computeIfAbsent(ttl, open);
    }

    void close(Duration ttl) {
        LockClient client = opened.remove(ttl);
        if (client != null) {
            client.close();
        }
    }

    @Override
    public void close() {
        opened.keySet().forEach(this::close);
    }
}
