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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a channel the addresses of its endpoint: one group, tried in order, with the endpoint's own host as authority.
 *
 * <p>A name is looked up again whenever the channel loses its connection, off the event loop. A name that cannot be looked
 * up keeps the addresses it had; without any, calls fail with the reason.
 */
final class EndpointResolver extends NameResolver {

    static final String SCHEME = "coordination-etcd";

    private static final Logger log = LoggerFactory.getLogger(EndpointResolver.class);

    private final Endpoint endpoint;
    private final Optional<String> certificateName;
    private final Executor lookups;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile List<InetSocketAddress> known = List.of();
    private volatile @Nullable Listener2 listener;

    EndpointResolver(Endpoint endpoint, Optional<String> certificateName, Executor lookups) {
        this.endpoint = endpoint;
        this.certificateName = certificateName;
        this.lookups = lookups;
    }

    @Override
    public String getServiceAuthority() {
        return certificateName.map(endpoint::authorityOf).orElseGet(endpoint::authority);
    }

    @Override
    public void start(Listener2 channel) {
        this.listener = channel;
        resolve();
    }

    @Override
    public void refresh() {
        if (!endpoint.isLiteral()) {
            resolve();
        }
    }

    @Override
    public void shutdown() {
        listener = null;
    }

    private void resolve() {
        if (endpoint.isLiteral()) {
            lookUp();
        } else if (running.compareAndSet(false, true)) {
            lookups.execute(() -> {
                running.set(false);
                lookUp();
            });
        }
    }

    private void lookUp() {
        @Nullable UnknownHostException failure = null;
        try {
            known = sameOrNew(known, endpoint.resolve());
        } catch (UnknownHostException e) {
            failure = e;
            log.atDebug().setCause(e).addKeyValue("endpoint", endpoint).log("Host name not found");
        }
        publish(known, failure);
    }

    /** Name services rotate their answers: the same addresses in another order are no news. */
    private static List<InetSocketAddress> sameOrNew(List<InetSocketAddress> old, List<InetSocketAddress> found) {
        return Set.copyOf(old).equals(Set.copyOf(found)) ? old : found;
    }

    private void publish(List<InetSocketAddress> addresses, @Nullable UnknownHostException failure) {
        Listener2 channel = listener;
        if (channel == null) {
            return;
        }
        StatusOr<List<EquivalentAddressGroup>> found = addresses.isEmpty()
                ? StatusOr.fromStatus(Status.UNAVAILABLE
                        .withDescription("the host name cannot be looked up")
                        .withCause(failure))
                : StatusOr.fromValue(List.of(group(addresses)));
        channel.onResult(
                ResolutionResult.newBuilder().setAddressesOrError(found).build());
    }

    private EquivalentAddressGroup group(List<InetSocketAddress> addresses) {
        Attributes attributes = Attributes.newBuilder()
                .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, getServiceAuthority())
                .build();
        return new EquivalentAddressGroup(List.<SocketAddress>copyOf(addresses), attributes);
    }

    /** Makes the resolver of one channel. */
    static final class Factory extends NameResolver.Factory {

        private final Endpoint endpoint;
        private final Optional<String> certificateName;
        private final Executor lookups;

        Factory(Endpoint endpoint, Optional<String> certificateName, Executor lookups) {
            this.endpoint = endpoint;
            this.certificateName = certificateName;
            this.lookups = lookups;
        }

        @Override
        public NameResolver newNameResolver(URI target, Args args) {
            return new EndpointResolver(endpoint, certificateName, lookups);
        }

        @Override
        public String getDefaultScheme() {
            return SCHEME;
        }
    }
}
