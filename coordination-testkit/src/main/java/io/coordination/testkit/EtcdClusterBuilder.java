package io.coordination.testkit;

import io.coordination.testkit.ClusterSettings.Credentials;
import io.coordination.testkit.ClusterSettings.Timing;
import io.coordination.testkit.ClusterSettings.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Describes an {@link EtcdCluster}. Defaults: etcd 3.5, one member, no TLS, no authentication, etcd's own heartbeat of
 * 100 ms and election timeout of 1 s. Not thread-safe.
 */
public final class EtcdClusterBuilder {

    private String version = ClusterSettings.DEFAULT.version();
    private int members = ClusterSettings.DEFAULT.members();
    private Transport transport = ClusterSettings.DEFAULT.transport();
    private Optional<Credentials> credentials = Optional.empty();
    private Timing timing = ClusterSettings.DEFAULT.timing();
    private final List<String> extraArguments = new ArrayList<>();

    EtcdClusterBuilder() {}

    /** The version line, such as {@code 3.4} or {@code 3.5}. */
    public EtcdClusterBuilder version(String versionLine) {
        this.version = versionLine;
        return this;
    }

    /** How many members: 1 or 3. */
    public EtcdClusterBuilder members(int count) {
        this.members = count;
        return this;
    }

    /** Members show a certificate, see {@link EtcdCluster#certificates()}; clients need none. */
    public EtcdClusterBuilder tls() {
        this.transport = Transport.TLS;
        return this;
    }

    /** Members show a certificate and refuse clients without one of the same authority. */
    public EtcdClusterBuilder mutualTls() {
        this.transport = Transport.MUTUAL_TLS;
        return this;
    }

    /**
     * Turns authentication on. The user may read and write every key; {@code root} exists beside it, or is the user
     * itself.
     */
    public EtcdClusterBuilder auth(String user, String password) {
        this.credentials = Optional.of(new Credentials(user, password));
        return this;
    }

    /** How long an authentication token lives after its last use; whole seconds, at least one. */
    public EtcdClusterBuilder tokenTtl(Duration ttl) {
        if (ttl.toSeconds() < 1) {
            throw new IllegalArgumentException("ttl must be at least one second, but is " + ttl);
        }
        return arguments("--auth-token", "simple", "--auth-token-ttl", Long.toString(ttl.toSeconds()));
    }

    /**
     * The pace of Raft. The election timeout also sets the shortest lease that etcd grants: one and a half times as long,
     * rounded up to seconds.
     *
     * @param heartbeat at least 1 ms
     * @param election at least five heartbeats
     */
    public EtcdClusterBuilder timing(Duration heartbeat, Duration election) {
        this.timing = new Timing(heartbeat, election);
        return this;
    }

    /** More command line arguments for every member, after the testkit's own. */
    public EtcdClusterBuilder arguments(String... arguments) {
        extraArguments.addAll(List.of(arguments));
        return this;
    }

    /**
     * A cluster that is not started yet.
     *
     * @throws IllegalArgumentException when the version is not a version line or the number of members is neither 1 nor 3
     */
    public EtcdCluster build() {
        return new EtcdCluster(settings());
    }

    /** A started cluster, see {@link EtcdCluster#start()}. */
    public EtcdCluster start() {
        return build().start();
    }

    ClusterSettings settings() {
        return new ClusterSettings(version, members, transport, credentials, timing, extraArguments);
    }
}
