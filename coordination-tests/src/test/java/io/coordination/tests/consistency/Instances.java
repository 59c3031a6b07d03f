package io.coordination.tests.consistency;

import io.coordination.registry.Registration;
import io.coordination.registry.ServiceInfo;
import io.coordination.registry.ServiceRegistry;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;

/** Registers and withdraws instances of a service through a coordinator. */
final class Instances implements Strand {

    private static final String SERVICE = "orders";
    private static final int MOST = 8;
    /** Another holder of an id is waited for at most its TTL and a second; ids are never given twice here. */
    private static final Duration LIMIT = Leases.TTL.plus(Client.REQUEST_TIMEOUT.multipliedBy(2));

    private final Client client;
    private final Names names;
    private final ConcurrentLinkedDeque<Registration> wanted = new ConcurrentLinkedDeque<>();

    Instances(Client client, Names names) {
        this.client = client;
        this.names = names;
    }

    private ServiceRegistry registry() {
        return client.coordinator().registry();
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        boolean register = random.nextInt(MOST) >= wanted.size();
        Registration oldest = register ? null : wanted.pollFirst();
        if (oldest == null) {
            return register();
        }
        return client.expect(
                "unregister", LIMIT, registry().unregisterAsync(oldest.service().id()));
    }

    private CompletableFuture<?> register() {
        ServiceInfo service = ServiceInfo.builder()
                .name(SERVICE)
                .id("c" + client.number() + "-" + names.next())
                .address("10.0.0." + client.number())
                .port(8080)
                .ttl(Leases.TTL)
                .build();
        return client.expect("register", LIMIT, registry().registerAsync(service))
                .thenAccept(wanted::addLast);
    }

    /** The ids that must be there at the end. */
    Set<String> wanted() {
        return wanted.stream()
                .map(registration -> registration.service().id())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The ids that this client sees, its own and those of others. */
    Set<String> discovered() {
        return registry().discover(SERVICE).stream()
                .map(ServiceInfo::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
