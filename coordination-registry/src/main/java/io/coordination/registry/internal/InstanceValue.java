package io.coordination.registry.internal;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.registry.ServiceInfo;
import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The value of an instance key, as JSON. Who reads it ignores properties that it does not know; the schema number grows only
 * when that is not enough.
 *
 * @param schema the version of this format
 * @param id the instance id, for people; what counts is the key
 * @param name the service, for people; what counts is the key
 * @param address a host name or an IP address
 * @param port 1 to 65535
 * @param metadata what else is known
 * @param ttlSeconds how long the instance stays after its process died; also how long a successor waits for it
 * @param registeredAt wall time of the process that registered it
 * @param nonce one registration, whatever lease it hangs on: how an owner knows its own key
 */
record InstanceValue(
        int schema,
        @Nullable String id,
        @Nullable String name,
        @Nullable String address,
        int port,
        @Nullable Map<String, String> metadata,
        @Nullable Long ttlSeconds,
        @Nullable Instant registeredAt,
        @Nullable String nonce) {

    private static final int SCHEMA = 1;

    /** The value of a registration. */
    static Bytes write(ServiceInfo service, Instant registeredAt, String nonce) {
        return JsonCodec.write(new InstanceValue(
                SCHEMA,
                service.id(),
                service.name(),
                service.address(),
                service.port(),
                service.metadata(),
                service.ttl().toSeconds(),
                registeredAt,
                nonce));
    }

    /**
     * Reads a value.
     *
     * @throws CoordinationException {@code SERIALIZATION_ERROR} when it is no instance, or one of a later format
     */
    static InstanceValue read(Bytes json) {
        InstanceValue value = JsonCodec.read(json, InstanceValue.class);
        if (value.schema() != SCHEMA) {
            throw new CoordinationException(
                    ErrorCode.SERIALIZATION_ERROR,
                    "the instance has schema " + value.schema() + ", and this version reads " + SCHEMA);
        }
        return value;
    }

    /**
     * The instance, under the name and id that its key says.
     *
     * @throws CoordinationException {@code VALIDATION_ERROR} when a property is missing or not allowed
     */
    ServiceInfo toInstance(String service, String instanceId) {
        ServiceInfo.Builder builder =
                ServiceInfo.builder().name(service).id(instanceId).port(port);
        if (address != null) {
            builder.address(address);
        }
        if (metadata != null) {
            builder.metadata(metadata);
        }
        if (ttlSeconds != null) {
            builder.ttl(Duration.ofSeconds(ttlSeconds));
        }
        return builder.build();
    }
}
