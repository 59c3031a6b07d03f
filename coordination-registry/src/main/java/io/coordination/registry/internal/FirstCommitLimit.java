package io.coordination.registry.internal;

import io.coordination.ConflictException;
import io.coordination.CoordinationException;
import io.coordination.CoordinationTimeoutException;
import io.coordination.internal.Durations;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How long {@code register} may take: the request timeout, and while another owner has the id as long as that one can
 * outlive its process, counted once from when it was first seen. Confined to the executor of its registration.
 */
final class FirstCommitLimit {

    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Environment env;
    private final ServiceInfo service;
    private final Executor serial;
    private final Consumer<CoordinationException> onOver;
    private @Nullable Long giveWayNanos;
    private Duration patience = Duration.ZERO;
    private long armed;
    private @Nullable KeyValue occupant;
    private @Nullable CoordinationException lastFailure;
    private TimeSource.@Nullable Timer timer;

    FirstCommitLimit(Environment env, ServiceInfo service, Executor serial, Consumer<CoordinationException> onOver) {
        this.env = env;
        this.service = service;
        this.serial = serial;
        this.onOver = onOver;
    }

    void start() {
        arm(env.options().requestTimeout());
    }

    void stop() {
        armed++;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** Remembers why it takes so long. */
    void failed(CoordinationException failure) {
        lastFailure = failure;
    }

    /** Another owner has the id. */
    void blocked(KeyValue entry) {
        long now = env.time().nanoTime();
        if (giveWayNanos == null) {
            patience = ttlOf(entry).plus(GRACE);
            giveWayNanos = now + patience.toNanos();
        }
        occupant = entry;
        arm(Duration.ofNanos(giveWayNanos - now));
    }

    /** The other owner is gone. */
    void unblocked() {
        if (occupant != null) {
            occupant = null;
            arm(env.options().requestTimeout());
        }
    }

    private void arm(Duration left) {
        stop();
        long mine = armed;
        timer = env.time()
                .schedule(
                        left,
                        () -> serial.execute(() -> {
                            if (mine == armed) {
                                onOver.accept(failure());
                            }
                        }));
    }

    private Duration ttlOf(KeyValue entry) {
        return InstanceCodec.read(service.name(), service.id(), entry.value())
                .map(ServiceInfo::ttl)
                .orElse(service.ttl());
    }

    private CoordinationException failure() {
        if (occupant != null) {
            return conflict(occupant);
        }
        return lastFailure != null
                ? lastFailure
                : new CoordinationTimeoutException("registering instance '" + service.id() + "' of service '"
                        + service.name() + "' did not end within the request timeout of "
                        + Durations.text(env.options().requestTimeout()));
    }

    private ConflictException conflict(KeyValue other) {
        String where = InstanceCodec.read(service.name(), service.id(), other.value())
                .map(instance -> " at " + instance.authority())
                .orElse("");
        return new ConflictException("instance '" + service.id() + "' of service '" + service.name()
                + "' belongs to another owner" + where + ", which did not go within " + Durations.text(patience)
                + ": close the other registration or register under another id");
    }
}
