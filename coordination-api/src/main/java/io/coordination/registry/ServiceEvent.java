package io.coordination.registry;

import io.coordination.internal.Checks;
import java.time.Instant;
import java.util.List;

/**
 * What a service watch tells its listener. The family is complete; handle it with:
 *
 * <pre>{@code
 * registry.watch("orders", event -> {
 *     if (event instanceof ServiceEvent.Snapshot snapshot) {
 *         pool.replaceAll(snapshot.instances());
 *     } else if (event instanceof ServiceEvent.Added added) {
 *         pool.add(added.instance());
 *     } else if (event instanceof ServiceEvent.Updated updated) {
 *         pool.replace(updated.previous(), updated.instance());
 *     } else if (event instanceof ServiceEvent.Removed removed) {
 *         pool.remove(removed.instance());
 *     }
 * });
 * }</pre>
 *
 * <p>The order of events, for one listener: the first is a {@link Snapshot}; revisions never decrease; intermediate states
 * may be skipped, the last one never is; calls never overlap. After a gap the differences come as {@code Added},
 * {@code Updated} and {@code Removed}, never as silence. A listener that is so slow that more than 1,000 events wait for it
 * hears one more {@link Snapshot} instead of them. Between listeners there is no order.
 */
public sealed interface ServiceEvent {
    /**
     * The name of the service.
     *
     * @return the name that is watched
     */
    String service();

    /**
     * The revision of the store that the event shows.
     *
     * @return the revision of the write or removal; for {@link Snapshot} the revision at which the store was read
     */
    long revision();

    /**
     * When this process learned about it, by its wall clock.
     *
     * @return for display; do not order by it
     */
    Instant receivedAt();

    /**
     * The first event of a watch: every instance that was there when it began. Comes again, with every instance there is by
     * then, when the listener was too slow to hear of each change.
     *
     * @param service the name of the service
     * @param instances the instances, ordered by id; unmodifiable, possibly empty
     * @param revision the revision at which the store was read
     * @param receivedAt when this process learned about it
     */
    record Snapshot(String service, List<ServiceInfo> instances, long revision, Instant receivedAt)
            implements ServiceEvent {
        /**
         * Checks that nothing is {@code null} and copies the instances.
         *
         * @param service the name of the service
         * @param instances the instances
         * @param revision the revision at which the store was read
         * @param receivedAt when this process learned about it
         */
        public Snapshot {
            Checks.notNull("service", service);
            instances = Checks.copyOf("instances", instances);
            Checks.notNull("receivedAt", receivedAt);
        }
    }

    /**
     * An instance came.
     *
     * @param instance the instance
     * @param revision the revision of the write
     * @param receivedAt when this process learned about it
     */
    record Added(ServiceInfo instance, long revision, Instant receivedAt) implements ServiceEvent {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param instance the instance
         * @param revision the revision of the write
         * @param receivedAt when this process learned about it
         */
        public Added {
            Checks.notNull("instance", instance);
            Checks.notNull("receivedAt", receivedAt);
        }

        @Override
        public String service() {
            return instance.name();
        }
    }

    /**
     * An instance changed its address, port, metadata or TTL under the same id.
     *
     * @param instance the instance as it is now
     * @param previous the instance as this listener was told before
     * @param revision the revision of the write
     * @param receivedAt when this process learned about it
     */
    record Updated(ServiceInfo instance, ServiceInfo previous, long revision, Instant receivedAt)
            implements ServiceEvent {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param instance the instance as it is now
         * @param previous the instance as this listener was told before
         * @param revision the revision of the write
         * @param receivedAt when this process learned about it
         */
        public Updated {
            Checks.notNull("instance", instance);
            Checks.notNull("previous", previous);
            Checks.notNull("receivedAt", receivedAt);
        }

        @Override
        public String service() {
            return instance.name();
        }
    }

    /**
     * An instance went: it was withdrawn, or its TTL ended.
     *
     * @param instance the whole instance as this listener was told before
     * @param revision the revision of the removal; after a gap, the revision at which its absence was seen
     * @param receivedAt when this process learned about it
     */
    record Removed(ServiceInfo instance, long revision, Instant receivedAt) implements ServiceEvent {
        /**
         * Checks that nothing is {@code null}.
         *
         * @param instance the whole instance as this listener was told before
         * @param revision the revision of the removal
         * @param receivedAt when this process learned about it
         */
        public Removed {
            Checks.notNull("instance", instance);
            Checks.notNull("receivedAt", receivedAt);
        }

        @Override
        public String service() {
            return instance.name();
        }
    }
}
