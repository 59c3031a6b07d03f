package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.Watch;
import io.coordination.registry.Registration;
import io.coordination.registry.ServiceEvent;
import io.coordination.registry.ServiceInfo;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The registry: a service that comes and goes, and another process that sees it. */
public final class RegistryExample {

    private RegistryExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator server = Example.connect(arguments);
                Coordinator client = Example.connect(arguments)) {
            comeAndGo(server, client);
        }
    }

    static void comeAndGo(Coordinator server, Coordinator client) throws InterruptedException {
        CountDownLatch watching = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        Watch watch = client.registry().watch("payments", event -> {
            describe(event);
            watching.countDown();
            if (event instanceof ServiceEvent.Removed) {
                gone.countDown();
            }
        });
        try (watch) {
            watching.await(10, TimeUnit.SECONDS);
            Registration registration = server.registry()
                    .register(ServiceInfo.builder()
                            .name("payments")
                            .address("10.0.0.7")
                            .port(8080)
                            .metadata("zone", "a")
                            .build());
            say("Registered instance %s.", registration.service().id());
            say(
                    "Discovered there: %d instance(s).",
                    server.registry().discover("payments").size());
            registration.close();
            if (!gone.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the removal did not arrive within 10 s");
            }
        }
    }

    private static void describe(ServiceEvent event) {
        if (event instanceof ServiceEvent.Snapshot snapshot) {
            say(
                    "The client starts with %d instance(s) of '%s'.",
                    snapshot.instances().size(), snapshot.service());
        } else if (event instanceof ServiceEvent.Added added) {
            say("The client sees it come: %s.", added.instance().authority());
        } else if (event instanceof ServiceEvent.Updated updated) {
            say("The client sees it change: %s.", updated.instance().authority());
        } else if (event instanceof ServiceEvent.Removed removed) {
            say("The client sees it go: %s.", removed.instance().authority());
        }
    }
}
