package io.coordination.registry.internal;

import io.coordination.Instrumentation;
import io.coordination.Watch;
import io.coordination.registry.ServiceEvent;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Environment;
import io.coordination.store.KeyValue;
import io.coordination.store.ListenerQueue;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The instances of one service, decoded from its mirror once for all who read and watch. Thread-safe; nothing blocks.
 *
 * <p>A value that is no instance is skipped, or leaves the instance that its key had before in place.
 */
final class ServiceView implements AutoCloseable {

    // After a gap the changes come in no order: writes by revision first, then what is gone, at the revision of the
    // state.
    private static final Comparator<MirrorChange.Change> IN_ORDER = Comparator.comparingLong(
            change -> change.after().map(KeyValue::modRevision).orElse(Long.MAX_VALUE));

    private final Environment env;
    private final String service;
    private final String prefix;
    private final Mirror mirror;

    private final ReentrantLock lock = new ReentrantLock(); // guards watches, and the order of what they are given
    private final List<ListenerQueue<Notice>> watches = new ArrayList<>();
    private volatile @Nullable Instances current;

    ServiceView(Environment env, String service, Instrumentation.Mirrors observer) {
        this.env = env;
        this.service = service;
        this.prefix = env.keys().servicePrefix(service);
        this.mirror = Mirror.open(env.store(), env.time(), prefix, observer);
        mirror.subscribe(new Decoder());
    }

    /** The instances, once they were read; from then on always, connected or not. */
    Optional<Instances> current() {
        return Optional.ofNullable(current);
    }

    /** Completes when there is something to read, or fails with what the reading under way fails with. */
    CompletableFuture<Instances> ready() {
        // The mirror tells its listeners before it completes this, so the state has been decoded by then.
        return mirror.ready().thenApply(state -> current().orElseThrow());
    }

    /** Completes when readers see what a revision did to this service. */
    CompletableFuture<Void> caughtUp(long revision) {
        // The mirror completes the first before it tells its listeners, and the second only after that.
        return mirror.reached(revision).thenCompose(reached -> mirror.ready()).thenAccept(state -> {});
    }

    /** Adds a watch, which hears the snapshot as soon as there is one. */
    void add(ListenerQueue<Notice> watch) {
        lock.lock();
        try {
            watches.add(watch);
            current().ifPresent(instances -> watch.deliver(snapshot(instances)));
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of the watches that were closed. */
    void forgetClosed() {
        lock.lock();
        try {
            watches.removeIf(Watch::isClosed);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        mirror.close();
    }

    private Notice snapshot(Instances instances) {
        return new Notice.Whole(instances, env.time().now());
    }

    private void publish(Instances next, List<Notice> notices) {
        lock.lock();
        try {
            current = next;
            watches.forEach(watch -> watch.deliver(notices));
        } finally {
            lock.unlock();
        }
    }

    /** Turns what happens to keys into what happens to instances. The mirror calls it one step at a time. */
    private final class Decoder implements MirrorListener {

        private TreePMap<String, ServiceInfo> byId = TreePMap.empty();
        private int unreadable;

        @Override
        public void onSnapshot(MirrorState state) {
            state.entries().values().forEach(entry -> decode(entry).ifPresent(this::put));
            warnOfUnreadable(state.revision());
            Instances first = new Instances(state.revision(), byId);
            publish(first, List.of(snapshot(first)));
        }

        @Override
        public void onChange(MirrorChange change) {
            Instant now = env.time().now();
            List<ServiceEvent> events = new ArrayList<>();
            change.changes().stream()
                    .sorted(IN_ORDER)
                    .forEach(one -> event(change, one, now).ifPresent(events::add));
            warnOfUnreadable(change.revision());
            Instances after = new Instances(change.revision(), byId);
            publish(
                    after,
                    events.stream()
                            .<Notice>map(event -> new Notice.One(event, after))
                            .toList());
        }

        private Optional<ServiceEvent> event(MirrorChange change, MirrorChange.Change one, Instant now) {
            return one.after().isPresent() ? written(one.after().get(), now) : gone(one.key(), change.revision(), now);
        }

        private Optional<ServiceEvent> written(KeyValue entry, Instant now) {
            Optional<ServiceInfo> decoded = decode(entry);
            if (decoded.isEmpty()) {
                return Optional.empty();
            }
            ServiceInfo instance = decoded.get();
            ServiceInfo previous = byId.get(instance.id());
            put(instance);
            if (previous == null) {
                return Optional.of(new ServiceEvent.Added(instance, entry.modRevision(), now));
            }
            // A registration that came back after the loss of its session is the same instance.
            return previous.equals(instance)
                    ? Optional.empty()
                    : Optional.of(new ServiceEvent.Updated(instance, previous, entry.modRevision(), now));
        }

        private Optional<ServiceEvent> gone(String key, long revision, Instant now) {
            Optional<ServiceInfo> previous = InstanceCodec.id(prefix, key).map(byId::get);
            if (previous.isPresent()) {
                byId = byId.minus(previous.get().id());
            }
            return previous.map(instance -> new ServiceEvent.Removed(instance, revision, now));
        }

        private void put(ServiceInfo instance) {
            byId = byId.plus(instance.id(), instance);
        }

        private Optional<ServiceInfo> decode(KeyValue entry) {
            Optional<ServiceInfo> decoded =
                    InstanceCodec.id(prefix, entry.key()).flatMap(id -> InstanceCodec.read(service, id, entry.value()));
            unreadable += decoded.isEmpty() ? 1 : 0;
            return decoded;
        }

        private void warnOfUnreadable(long revision) {
            if (unreadable > 0) {
                env.log()
                        .atWarn()
                        .addKeyValue("service", service)
                        .addKeyValue("revision", revision)
                        .addKeyValue("values", unreadable)
                        .log("Values below the service are no instances and are skipped");
                unreadable = 0;
            }
        }
    }
}
