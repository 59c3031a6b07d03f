package io.coordination.examples;

import static io.coordination.examples.Narration.chapter;
import static io.coordination.examples.Narration.title;

import io.coordination.Coordinator;
import java.io.IOException;

/**
 * Shows everything in a minute: a lock and contention for it, configuration with a live change, a service that comes and
 * goes, the facade and modules. On etcd, two processes contend.
 */
public final class Tour {

    private Tour() {}

    /** Runs the tour on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException, IOException {
        String endpoint = Example.options(arguments).endpoints().get(0);
        boolean inThisJvm = endpoint.startsWith("memory:");
        title(
                inThisJvm
                        ? "The tour runs on " + endpoint
                                + ", inside this JVM alone; ./quickstart --etcd uses a real etcd."
                        : "The tour runs on etcd at " + endpoint + ".");
        chapter("A lock, contention for it, and giving up");
        LockExample.main(arguments);
        if (!inThisJvm) {
            chapter("Two processes contend for one lock");
            try (Coordinator coordinator = Example.connect(arguments)) {
                Contender.contend(endpoint, coordinator);
            }
        }
        chapter("Configuration, with a live change");
        ConfigExample.main(arguments);
        chapter("A service that comes and goes");
        RegistryExample.main(arguments);
        chapter("The static facade");
        FacadeExample.main(arguments);
        chapter("Modules of an application");
        ModulesExample.main(arguments);
        title("\nThat was the tour.");
    }
}
