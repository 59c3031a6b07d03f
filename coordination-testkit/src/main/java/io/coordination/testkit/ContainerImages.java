package io.coordination.testkit;

import com.github.dockerjava.api.exception.NotFoundException;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;

/** Which image holds a version line: one that the user names, else the one that is made from the local binary. */
final class ContainerImages {

    private ContainerImages() {}

    static String choose(String versionLine) {
        String property = "etcd.image." + versionLine;
        String variable = "ETCD_IMAGE_" + versionLine.replace('.', '_');
        Optional<String> named = Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getenv(variable)));
        if (named.isPresent()) {
            return named.get();
        }
        String local = "coordination-etcd:" + versionLine;
        if (!exists(local)) {
            throw new IllegalStateException(
                    "There is no image of etcd " + versionLine + ": name one in the system property "
                            + property + " or the environment variable " + variable + ", or make " + local
                            + " from the local binary with scripts/docker image " + versionLine + ".");
        }
        return local;
    }

    private static boolean exists(String image) {
        try {
            DockerClientFactory.lazyClient().inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }
}
