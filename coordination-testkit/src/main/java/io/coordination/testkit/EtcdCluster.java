package io.coordination.testkit;

import io.coordination.testkit.ClusterSettings.Credentials;
import io.coordination.testkit.ClusterSettings.Transport;
import io.coordination.testkit.EtcdRuntime.Addresses;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real etcd cluster of one or three members for a test.
 *
 * <pre>{@code
 * try (EtcdCluster cluster = EtcdCluster.builder().version("3.5").members(3).start()) {
 *     cluster.leader().kill();
 * }
 * }</pre>
 *
 * <p>Members are processes on free ports of 127.0.0.1 with their data in a temporary directory. The binary of version 3.5
 * is the first of: system property {@code etcd.binary.3.5}, environment {@code ETCD_BINARY_3_5}, {@code ETCD_BINARY},
 * {@code .etcd/3.5/etcd} in the working directory or above it, {@code etcd} on {@code PATH}; {@code etcdctl} lies beside
 * it. With the system property {@code etcd.runtime=container} members are containers, which needs Testcontainers 2 on the
 * class path.
 *
 * <p>Members skip fsync, so that tests are quick: data survives {@code kill -9}, not a power failure. Calls block; not
 * thread-safe. What is not closed ends with the JVM.
 */
public final class EtcdCluster implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EtcdCluster.class);
    private static final int PORT_ATTEMPTS = 5;
    private static final Duration LEADER_LIMIT = Duration.ofSeconds(30);

    private final ClusterSettings settings;
    private final TemporaryDirectory directory;
    private final Optional<TestCertificates> certificates;
    private final EtcdRuntime runtime;
    private List<EtcdMember> members = List.of();
    private List<Addresses> addresses = List.of();
    private boolean authenticated;

    EtcdCluster(ClusterSettings settings) {
        this.settings = settings;
        this.directory = TemporaryDirectory.create("etcd-" + settings.version() + "-");
        try {
            this.certificates = settings.transport() == Transport.PLAIN
                    ? Optional.empty()
                    : Optional.of(TestCertificates.create(directory.path().resolve("certificates")));
            this.runtime = EtcdRuntimes.choose(settings.version(), directory.path());
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** Describes a cluster; the default is one member of etcd 3.5 without TLS and authentication. */
    public static EtcdClusterBuilder builder() {
        return new EtcdClusterBuilder();
    }

    /**
     * Starts all members and waits until they are healthy and authentication, if asked for, is on.
     *
     * @return this cluster
     * @throws IllegalStateException when it was started before, or when a member does not become healthy within a minute;
     *     the message holds the end of its log
     */
    public EtcdCluster start() {
        if (!members.isEmpty()) {
            throw new IllegalStateException("The cluster was started before: use restartAll() or a new cluster.");
        }
        try {
            startMembers();
            settings.credentials().ifPresent(this::enableAuthentication);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        log.atInfo()
                .addKeyValue("version", version())
                .addKeyValue("endpoints", endpoints())
                .log("Started etcd");
        return this;
    }

    /** The full version of the servers, such as {@code 3.5.30}. */
    public String version() {
        return runtime.version();
    }

    /** The addresses of all members for clients, such as {@code http://127.0.0.1:21234}. */
    public List<String> endpoints() {
        return addresses.stream().map(one -> one.client().toString()).toList();
    }

    /** The address of one member for clients, counted from 0. */
    public URI clientUri(int member) {
        return member(member).clientUri();
    }

    /** One member, counted from 0. */
    public EtcdMember member(int index) {
        return members.get(index);
    }

    /** All members. */
    public List<EtcdMember> members() {
        return members;
    }

    /**
     * The leader, after waiting for an election if there is none.
     *
     * @throws IllegalStateException when nobody becomes leader within 30 s
     */
    public EtcdMember leader() {
        List<EtcdMember> found = new ArrayList<>();
        boolean elected = Polling.until(LEADER_LIMIT, () -> {
            found.clear();
            members.stream().filter(EtcdMember::isLeader).forEach(found::add);
            return found.size() == 1;
        });
        if (!elected) {
            throw new IllegalStateException(
                    "No member became leader within " + LEADER_LIMIT.toSeconds() + " s: " + members);
        }
        return found.get(0);
    }

    /** The members that run and are not the leader. */
    public List<EtcdMember> followers() {
        EtcdMember leader = leader();
        return members.stream()
                .filter(member -> member != leader && member.isRunning())
                .toList();
    }

    /** Stops all members, starts them with the same data and addresses and waits until they are healthy. */
    public void restartAll() {
        members.forEach(EtcdMember::stop);
        members.forEach(EtcdMember::start);
        members.forEach(EtcdMember::awaitHealthy);
    }

    /** The certificates of a cluster with TLS; empty without. */
    public Optional<TestCertificates> certificates() {
        return certificates;
    }

    /**
     * Runs {@code etcdctl} (API 3) on all members as root, with the flags for TLS and authentication.
     *
     * @return what it printed, without its error output
     * @throws IllegalStateException when it fails; the message holds its output
     */
    public String etcdctl(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add("--endpoints="
                + String.join(
                        ",", addresses.stream().map(Addresses::commandEndpoint).toList()));
        command.add("--dial-timeout=5s");
        command.add("--command-timeout=10s");
        if (certificates.isPresent()) {
            command.add("--cacert=" + certificatePath(TestCertificates::authority));
        }
        if (settings.transport() == Transport.MUTUAL_TLS) {
            command.add("--cert=" + certificatePath(TestCertificates::client));
            command.add("--key=" + certificatePath(TestCertificates::clientKey));
        }
        if (authenticated) {
            settings.credentials()
                    .ifPresent(known -> command.add("--user=" + Credentials.ROOT + ":" + known.rootPassword()));
        }
        command.addAll(List.of(arguments));
        return runtime.etcdctl(command);
    }

    /** Compacts the history: revisions before this one are gone when the call returns. */
    public void compact(long revision) {
        etcdctl("compaction", Long.toString(revision), "--physical");
    }

    /** Ends all members at once and deletes their data. Idempotent. */
    @Override
    public void close() {
        runtime.close();
        directory.close();
    }

    /** A file of the certificates, under the path that {@code etcdctl} of this cluster's runtime sees. */
    String certificatePath(Function<TestCertificates, Path> file) {
        return runtime.visiblePath(file.apply(certificates.orElseThrow()));
    }

    private void startMembers() {
        for (int attempt = 1; attempt <= PORT_ATTEMPTS; attempt++) {
            addresses = runtime.assign(settings.members(), settings.scheme());
            MemberArguments arguments = new MemberArguments(settings, runtime, certificates, addresses);
            members = addresses.stream()
                    .map(one -> new EtcdMember(one, runtime.prepare(one, arguments.of(one))))
                    .toList();
            members.forEach(EtcdMember::start);
            if (members.stream().allMatch(EtcdMember::awaitFirstHealth)) {
                return;
            }
            log.atInfo().addKeyValue("attempt", attempt).log("A port was taken by another process, choosing others");
            runtime.discardInstances();
        }
        throw new IllegalStateException("No free ports for etcd were found in " + PORT_ATTEMPTS + " attempts.");
    }

    private void enableAuthentication(Credentials known) {
        etcdctl("user", "add", Credentials.ROOT + ":" + known.rootPassword());
        etcdctl("user", "grant-role", Credentials.ROOT, Credentials.ROOT);
        if (!known.onlyRoot()) {
            etcdctl("role", "add", "everything");
            etcdctl("role", "grant-permission", "everything", "--prefix=true", "readwrite", "");
            etcdctl("user", "add", known.user() + ":" + known.password());
            etcdctl("user", "grant-role", known.user(), "everything");
        }
        etcdctl("auth", "enable");
        authenticated = true;
    }
}
