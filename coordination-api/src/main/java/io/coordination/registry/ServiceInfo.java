package io.coordination.registry;

import io.coordination.internal.Checks;
import io.coordination.internal.Durations;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a service: where it is reached and what is known about it.
 *
 * <pre>{@code
 * ServiceInfo instance = ServiceInfo.builder()
 *         .name("orders").address("10.0.0.7").port(8080).metadata("zone", "b").build();
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class ServiceInfo {
    private static final int MAX_METADATA_BYTES = 64 * 1_024;
    private static final int MAX_ADDRESS_CHARACTERS = 255;

    private final String id;
    private final String name;
    private final String address;
    private final int port;
    private final Map<String, String> metadata;
    private final Duration ttl;

    private ServiceInfo(Builder builder) {
        this.id = builder.id;
        this.name = Checks.name("name", builder.name);
        this.address = Checks.notNull("address", builder.address);
        this.port = Checks.between("port", builder.port, 1, 65_535);
        this.metadata = Collections.unmodifiableSortedMap(new TreeMap<>(builder.metadata));
        this.ttl = builder.ttl;
    }

    /**
     * An instance without id and metadata; an id is made when it is registered.
     *
     * @param name the name of the service
     * @param address a host name or an IP address
     * @param port 1 to 65535
     * @return the instance
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
     */
    public static ServiceInfo of(String name, String address, int port) {
        return builder().name(name).address(address).port(port).build();
    }

    /**
     * A builder; name, address and port must be set.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.id = id;
        builder.name = name;
        builder.address = address;
        builder.port = port;
        builder.metadata.putAll(metadata);
        builder.ttl = ttl;
        return builder;
    }

    /**
     * The id, unique within the service.
     *
     * @return empty when none was given: {@link ServiceRegistry#register} then makes one, and
     *     {@link Registration#service()} shows it; never empty for a discovered instance
     */
    public String id() {
        return id;
    }

    /**
     * The name of the service.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The host name or IP address, an IPv6 address without brackets.
     *
     * @return the address
     */
    public String address() {
        return address;
    }

    /**
     * The port.
     *
     * @return 1 to 65535
     */
    public int port() {
        return port;
    }

    /**
     * Address and port as URIs and sockets want them.
     *
     * @return for example {@code 10.0.0.7:8080} or {@code [::1]:8080}
     */
    public String authority() {
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }

    /**
     * What else is known about the instance.
     *
     * @return unmodifiable, ordered by key; default empty
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * How long the instance stays in the registry after its process died.
     *
     * @return whole seconds, 2 s to 24 h; default 30 s
     */
    public Duration ttl() {
        return ttl;
    }

    /**
     * Whether the other has the same values.
     *
     * @param other what to compare with
     * @return true for equal values
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServiceInfo that
                && id.equals(that.id)
                && name.equals(that.name)
                && address.equals(that.address)
                && port == that.port
                && metadata.equals(that.metadata)
                && ttl.equals(that.ttl);
    }

    /**
     * A hash code that fits {@link #equals(Object)}.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(id, name, address, port, metadata, ttl);
    }

    /**
     * The values; of the metadata the keys only, because values may be private.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "ServiceInfo[" + name + "/" + (id.isEmpty() ? "(no id)" : id) + " at " + authority() + ", metadata="
                + metadata.keySet() + ", ttl=" + Durations.text(ttl) + "]";
    }

    /** Builds a {@link ServiceInfo}. Not thread-safe. */
    public static final class Builder {
        private String id = "";
        private @Nullable String name;
        private @Nullable String address;
        private int port;
        private final SortedMap<String, String> metadata = new TreeMap<>();
        private Duration ttl = Duration.ofSeconds(30);

        private Builder() {}

        /**
         * Sets the id. One that stays the same over restarts makes a restarted instance replace itself.
         *
         * @param id 1 to 512 bytes, no control characters; empty, the default: made at registration
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder id(String id) {
            this.id = Checks.notNull("id", id).isEmpty() ? "" : Checks.name("id", id);
            return this;
        }

        /**
         * Sets the name of the service.
         *
         * @param name 1 to 512 bytes, no control characters; {@code /} is a character like any other
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder name(String name) {
            this.name = Checks.name("name", name);
            return this;
        }

        /**
         * Sets where the instance is reached.
         *
         * @param address a host name or an IP address, without scheme and port; brackets of an IPv6 address are dropped
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder address(String address) {
            this.address = checkedAddress(Checks.name("address", address));
            return this;
        }

        /**
         * Sets the port.
         *
         * @param port 1 to 65535
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder port(int port) {
            this.port = Checks.between("port", port, 1, 65_535);
            return this;
        }

        /**
         * Sets one entry of the metadata.
         *
         * @param key not blank
         * @param value any text, even none
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder metadata(String key, String value) {
            metadata.put(Checks.name("a metadata key", key), Checks.wellFormed("the metadata value of " + key, value));
            return this;
        }

        /**
         * Replaces the metadata.
         *
         * @param metadata keys that are not blank, values of any text; copied
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another key or value
         */
        public Builder metadata(Map<String, String> metadata) {
            Map<String, String> entries = new TreeMap<>();
            Checks.notNull("metadata", metadata)
                    .forEach((key, value) -> entries.put(
                            Checks.name("a metadata key", key),
                            Checks.wellFormed("the metadata value of " + key, value)));
            this.metadata.clear();
            this.metadata.putAll(entries);
            return this;
        }

        /**
         * Sets how long the instance stays in the registry after its process died.
         *
         * @param ttl 2 s to 24 h, fractions of seconds rounded up; default 30 s
         * @return this builder
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for another value
         */
        public Builder ttl(Duration ttl) {
            this.ttl = Checks.ttl("ttl", ttl);
            return this;
        }

        /**
         * Builds the instance.
         *
         * @return an immutable instance
         * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} when name, address or port is missing, or
         *     the metadata is longer than 64 KiB
         */
        public ServiceInfo build() {
            long bytes = 0;
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                bytes += Checks.utf8Length(entry.getKey()) + Checks.utf8Length(entry.getValue());
            }
            if (bytes > MAX_METADATA_BYTES) {
                throw Checks.invalid(
                        "metadata size in bytes", bytes, "keys and values together must not exceed 64 KiB");
            }
            return new ServiceInfo(this);
        }

        private static String checkedAddress(String text) {
            boolean bracketed = text.startsWith("[") && text.endsWith("]");
            String address = bracketed ? text.substring(1, text.length() - 1) : text;
            if (address.isEmpty() || address.length() > MAX_ADDRESS_CHARACTERS || hasForeignCharacter(address)) {
                throw Checks.invalid("address", text, "give a host name or an IP address, without scheme and path");
            }
            if (address.indexOf(':') >= 0 && address.indexOf(':') == address.lastIndexOf(':')) {
                throw Checks.invalid("address", text, "give the port separately");
            }
            return address;
        }

        private static boolean hasForeignCharacter(String address) {
            return address.chars().anyMatch(c -> Character.isWhitespace(c) || "/[]@?#".indexOf(c) >= 0);
        }
    }
}
