package io.coordination.etcd;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the channel the addresses of the endpoints: one group for each endpoint, so that round robin goes over members and
 * not over the addresses of one member, each with its own host as authority.
 *
 * <p>Names are looked up again whenever the channel loses a connection, off the event loop. A name that cannot be looked up
 * keeps the addresses it had; without any address left, calls fail with the reason.
 */
final class EndpointResolver extends NameResolver {

    static final String SCHEME = "coordination-etcd";

    private static final Logger log = LoggerFactory.getLogger(EndpointResolver.class);

    private final List<Endpoint> endpoints;
    private final Optional<String> certificateName;
    private final Executor lookups;
    private final Map<Endpoint, List<InetSocketAddress>> known = new ConcurrentHashMap<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable Listener2 listener;

    EndpointResolver(List<Endpoint> endpoints, Optional<String> certificateName, Executor lookups) {
        this.endpoints = endpoints;
        this.certificateName = certificateName;
        this.lookups = lookups;
    }

    @Override
    public String getServiceAuthority() {
        return authority(endpoints.get(0));
    }

    @Override
    public void start(Listener2 channel) {
        this.listener = channel;
        resolve();
    }

    @Override
    public void refresh() {
        if (!endpoints.stream().allMatch(Endpoint::isLiteral)) {
            resolve();
        }
    }

    @Override
    public void shutdown() {
        listener = null;
    }

    private void resolve() {
        if (endpoints.stream().allMatch(Endpoint::isLiteral)) {
            lookUpAll();
        } else if (running.compareAndSet(false, true)) {
            lookups.execute(() -> {
                running.set(false);
                lookUpAll();
            });
        }
    }

    private void lookUpAll() {
        List<EquivalentAddressGroup> groups = new ArrayList<>();
        @Nullable UnknownHostException failure = null;
        for (Endpoint endpoint : endpoints) {
            try {
                known.merge(endpoint, endpoint.resolve(), EndpointResolver::sameOrNew);
            } catch (UnknownHostException e) {
                failure = e;
                log.atDebug().setCause(e).addKeyValue("endpoint", endpoint).log("Host name not found");
            }
            List<InetSocketAddress> addresses = known.get(endpoint);
            if (addresses != null) {
                groups.add(group(endpoint, addresses));
            }
        }
        publish(groups, failure);
    }

    /** Name services rotate their answers: the same addresses in another order are no news. */
    private static List<InetSocketAddress> sameOrNew(List<InetSocketAddress> old, List<InetSocketAddress> found) {
        return Set.copyOf(old).equals(Set.copyOf(found)) ? old : found;
    }

    private void publish(List<EquivalentAddressGroup> groups, @Nullable UnknownHostException failure) {
        Listener2 channel = listener;
        if (channel == null) {
            return;
        }
        StatusOr<List<EquivalentAddressGroup>> found = groups.isEmpty()
                ? StatusOr.fromStatus(Status.UNAVAILABLE
                        .withDescription("no endpoint has a host name that can be looked up")
                        .withCause(failure))
                : StatusOr.fromValue(groups);
        channel.onResult(
                ResolutionResult.newBuilder().setAddressesOrError(found).build());
    }

    private EquivalentAddressGroup group(Endpoint endpoint, List<InetSocketAddress> addresses) {
        Attributes attributes = Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority(endpoint))
                .build();
        return new EquivalentAddressGroup(List.<SocketAddress>copyOf(addresses), attributes);
    }

    private String authority(Endpoint endpoint) {
        return certificateName.map(endpoint::authorityOf).orElseGet(endpoint::authority);
    }

    /** Makes the resolver of one channel. */
    static final class Factory extends NameResolver.Factory {

        private final List<Endpoint> endpoints;
        private final Optional<String> certificateName;
        private final Executor lookups;

        Factory(List<Endpoint> endpoints, Optional<String> certificateName, Executor lookups) {
            this.endpoints = endpoints;
            this.certificateName = certificateName;
            this.lookups = lookups;
        }

        @Override
        public NameResolver newNameResolver(URI target, Args args) {
            return new EndpointResolver(endpoints, certificateName, lookups);
        }

        @Override
        public String getDefaultScheme() {
            return SCHEME;
        }
    }
}
