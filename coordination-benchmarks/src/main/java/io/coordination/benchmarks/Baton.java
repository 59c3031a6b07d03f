package io.coordination.benchmarks;

import java.util.Optional;

/**
 * One lock that goes from process to process. Points in time are those of the monotonic clock, which all processes of one
 * machine share. Used by one thread.
 */
final class Baton {

    private final LockClients clients;
    private final String prefix;
    private Optional<LockClient.Held> held = Optional.empty();

    Baton(LockClients clients, String prefix) {
        this.clients = clients;
        this.prefix = prefix;
    }

    /** Waits for the lock: {@code at}, when it was there, in milliseconds. The time of the command is the TTL. */
    Reading take(Command command) {
        LockClient client = clients.of(command.time());
        held = Optional.of(client.acquire(prefix + command.amount()));
        return Reading.of("at", System.nanoTime() / 1e6);
    }

    /** Releases the lock: {@code at}, when it began to, in milliseconds. */
    Reading leave(Command command) {
        long begin = System.nanoTime();
        held.orElseThrow(() -> new IllegalStateException("nothing is held")).release();
        held = Optional.empty();
        return Reading.of("at", begin / 1e6);
    }
}
