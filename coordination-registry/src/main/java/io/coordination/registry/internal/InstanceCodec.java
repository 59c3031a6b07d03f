package io.coordination.registry.internal;

import io.coordination.CoordinationException;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Bytes;
import io.coordination.store.Keys;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what anybody may have written below a service: what cannot be read is absent. */
final class InstanceCodec {

    private static final Logger log = LoggerFactory.getLogger(InstanceCodec.class);

    private InstanceCodec() {}

    /** The instance id that a key below a service's prefix stands for; nothing for a key that no registration makes. */
    static Optional<String> id(String prefix, String key) {
        String segment = key.substring(prefix.length());
        String id = Keys.unescape(segment);
        return !id.isEmpty() && Keys.escape(id).equals(segment) ? Optional.of(id) : Optional.empty();
    }

    /** The instance that a value describes. */
    static Optional<ServiceInfo> read(String service, String id, Bytes value) {
        try {
            return Optional.of(InstanceValue.read(value).toInstance(service, id));
        } catch (CoordinationException unreadable) {
            log.atDebug()
                    .setCause(unreadable)
                    .addKeyValue("service", service)
                    .addKeyValue("id", id)
                    .log("A value below the service is no instance");
            return Optional.empty();
        }
    }
}
