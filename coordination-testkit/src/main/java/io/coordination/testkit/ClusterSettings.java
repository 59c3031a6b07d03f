package io.coordination.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a cluster is made of. Immutable. */
record ClusterSettings(
        String version,
        int members,
        Transport transport,
        Optional<Credentials> credentials,
        Timing timing,
        List<String> extraArguments) {

    static final ClusterSettings DEFAULT = new ClusterSettings(
            "3.5",
            1,
            Transport.PLAIN,
            Optional.empty(),
            new Timing(Duration.ofMillis(100), Duration.ofMillis(1000)),
            List.of());

    ClusterSettings {
        if (!version.matches("\\d+\\.\\d+")) {
            throw new IllegalArgumentException("version must be a line such as 3.4 or 3.5, but is " + version);
        }
        if (members != 1 && members != 3) {
            throw new IllegalArgumentException("members must be 1 or 3, but is " + members);
        }
        extraArguments = List.copyOf(extraArguments);
    }

    String scheme() {
        return transport == Transport.PLAIN ? "http" : "https";
    }

    /** How clients reach a member. */
    enum Transport {
        PLAIN,
        TLS,
        MUTUAL_TLS
    }

    /** The user whom a cluster with authentication knows beside root. */
    record Credentials(String user, String password) {
        static final String ROOT = "root";
        private static final String DEFAULT_ROOT_PASSWORD = "root-of-the-testkit";

        Credentials {
            if (user.isBlank() || user.contains(":") || password.isBlank()) {
                throw new IllegalArgumentException(
                        "user and password must not be blank, and user must not contain a colon; user is " + user);
            }
        }

        boolean onlyRoot() {
            return user.equals(ROOT);
        }

        String rootPassword() {
            return onlyRoot() ? password : DEFAULT_ROOT_PASSWORD;
        }
    }

    /** The pace of Raft. */
    record Timing(Duration heartbeat, Duration election) {
        Timing {
            if (heartbeat.toMillis() < 1 || election.compareTo(heartbeat.multipliedBy(5)) < 0) {
                throw new IllegalArgumentException(
                        "heartbeat must be at least 1 ms and election at least 5 heartbeats, but " + "heartbeat is "
                                + heartbeat + " and election is " + election);
            }
        }
    }
}
