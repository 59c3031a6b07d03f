package io.coordination.testkit;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Where members run: as processes of this machine or in containers. Used by one cluster, from one thread at a time. */
interface EtcdRuntime extends AutoCloseable {

    /** The full version of the server, such as {@code 3.5.30}. Needs a running member where the runtime asks one. */
    String version();

    /** True when servers know the flag that makes tests quick. */
    boolean canSkipFsync();

    /** Addresses for a new set of members that nobody uses yet. */
    List<Addresses> assign(int members, String scheme);

    /** The path under which a member sees a file of the cluster's certificates. */
    String visiblePath(Path certificate);

    /** Prepares a member; {@link EtcdInstance#start()} starts it. */
    EtcdInstance prepare(Addresses addresses, List<String> arguments);

    /** Runs {@code etcdctl} and answers its standard output. */
    String etcdctl(List<String> arguments);

    /** Ends and removes all members that it prepared, as quickly as possible. The next {@link #prepare} begins anew. */
    void discardInstances();

    /** Ends and removes everything. Idempotent. */
    @Override
    void close();

    /**
     * How a member is reached: where it listens itself, what it tells others, and what this JVM uses.
     *
     * @param client for clients in this JVM
     * @param metrics for health and metrics, plain http, in this JVM
     * @param commandEndpoint for {@code etcdctl} where the runtime runs it
     * @param dataDirectory as the member sees it
     */
    record Addresses(
            String name,
            URI client,
            URI metrics,
            String commandEndpoint,
            String dataDirectory,
            PeerAddress peer,
            ListenAddress listen) {}

    /** The address of a member for other members. */
    record PeerAddress(String listen, String advertise) {}

    /** Where a member listens for clients and for health checks. */
    record ListenAddress(String client, String metrics) {}
}
