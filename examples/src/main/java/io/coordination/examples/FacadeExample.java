package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordination;
import io.coordination.lock.LockHandle;
import io.coordination.registry.ServiceInfo;
import java.time.Duration;

/** The static facade: one default coordinator for the process, made at first use. */
public final class FacadeExample {

    private FacadeExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        Coordination.configure(Example.options(arguments));
        try {
            useGlobalFunctions();
        } finally {
            Coordination.close();
        }
    }

    static void useGlobalFunctions() throws InterruptedException {
        try (LockHandle lock = Coordination.acquireLock("reports", Duration.ofSeconds(30))) {
            say("Coordination.acquireLock: token %d.", lock.fencingToken());
        }
        Coordination.setConfig("reports/limit", 7);
        int limit = Coordination.getConfig("reports/limit", Integer.class).orElse(100);
        say("Coordination.getConfig: %d; listConfigs: %s.", limit, Coordination.listConfigs("reports"));
        Coordination.registerService(ServiceInfo.of("reports", "10.0.0.7", 8080));
        say(
                "Coordination.discoverServices: %d instance(s).",
                Coordination.discoverServices("reports").size());
        Coordination.deleteConfig("reports/limit");
    }
}
