package io.coordination.registry.internal;

import io.coordination.registry.ServiceInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** The instances of a service at one revision. Immutable; the next state shares what did not change. */
final class Instances {

    private final long revision;
    private final TreePMap<String, ServiceInfo> byId;

    // Made at the first read: many states of a busy service are never read. Two threads may make it twice, equally.
    private volatile @Nullable List<ServiceInfo> list;

    Instances(long revision, TreePMap<String, ServiceInfo> byId) {
        this.revision = revision;
        this.byId = byId;
    }

    long revision() {
        return revision;
    }

    Optional<ServiceInfo> get(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    TreePMap<String, ServiceInfo> byId() {
        return byId;
    }

    /** All instances, ordered by id, immutable; the same list for every call. */
    List<ServiceInfo> list() {
        List<ServiceInfo> made = list;
        if (made == null) {
            made = List.copyOf(byId.values());
            list = made;
        }
        return made;
    }
}
