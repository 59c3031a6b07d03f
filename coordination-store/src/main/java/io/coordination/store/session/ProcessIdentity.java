package io.coordination.store.session;

import io.coordination.store.Environment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Who this process is, for operators: published in the session key.
 *
 * @param node the label from the options, or the host
 * @param host the host name
 * @param pid the process id
 * @param recipe what the session is for
 * @param since when the session was opened, ISO 8601
 * @param sdk the version of this SDK
 */
public record ProcessIdentity(String node, String host, long pid, String recipe, String since, String sdk) {

    private static final class Host {
        static final String NAME = name();

        private static String name() {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("unknown");
            }
        }
    }

    /**
     * This process.
     *
     * @param recipe what it opens a session for
     */
    public static ProcessIdentity of(Environment env, String recipe) {
        String version = Optional.ofNullable(ProcessIdentity.class.getPackage().getImplementationVersion())
                .orElse("development");
        return new ProcessIdentity(
                env.options().clientName().orElse(Host.NAME),
                Host.NAME,
                ProcessHandle.current().pid(),
                recipe,
                env.time().now().toString(),
                version);
    }
}
