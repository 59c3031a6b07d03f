package io.coordination.tests.consistency;

import io.coordination.Watch;
import io.coordination.config.ConfigBatch;
import io.coordination.config.ConfigCenter;
import io.coordination.config.ConfigEvent;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Sets and deletes configuration through a coordinator, and remembers what its own listener was told. */
final class Settings implements Strand {

    private static final String PREFIX = "limits";
    private static final int KEYS = 6;

    private final Client client;
    private final Names names;
    private final Findings findings;
    private final Watch watch;
    private final AtomicLong revision = new AtomicLong();
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    Settings(Client client, Names names, Findings findings) {
        this.client = client;
        this.names = names;
        this.findings = findings;
        this.watch = config().watchPrefix(PREFIX, Long.class, this::hear);
    }

    private ConfigCenter config() {
        return client.coordinator().config();
    }

    private void hear(ConfigBatch<Long> batch) {
        long before = revision.getAndSet(batch.revision());
        if (batch.revision() <= before) {
            findings.broken("%s: configuration of revision %d after %d", client, batch.revision(), before);
        }
        for (ConfigEvent<Long> event : batch.events()) {
            if (event instanceof ConfigEvent.Changed<Long> changed) {
                told.put(event.key(), changed.value());
            } else if (event instanceof ConfigEvent.Initial<Long> initial) {
                initial.value().ifPresent(value -> told.put(event.key(), value));
            } else if (event instanceof ConfigEvent.Removed<Long>) {
                told.remove(event.key());
            } else {
                findings.broken("%s: unreadable configuration: %s", client, event);
            }
        }
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        String key = PREFIX + "/" + random.nextInt(KEYS);
        if (random.nextInt(6) == 0) {
            return client.expect("config delete", Client.REQUEST_TIMEOUT, config().deleteAsync(key));
        }
        return client.expect("config set", Client.REQUEST_TIMEOUT, config().setAsync(key, names.next()));
    }

    /** What the listener knows now. */
    Map<String, Long> told() {
        return Map.copyOf(told);
    }

    /** What the server has, by way of this client. */
    Map<String, Long> stored() {
        Map<String, Long> stored = new ConcurrentHashMap<>();
        for (int i = 0; i < KEYS; i++) {
            String key = PREFIX + "/" + i;
            config().entry(key, Long.class).ifPresent(entry -> stored.put(key, entry.value()));
        }
        return stored;
    }

    void close() {
        watch.close();
    }
}
