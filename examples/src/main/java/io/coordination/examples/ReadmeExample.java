package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordination;
import io.coordination.Coordinator;
import io.coordination.CoordinatorOptions;
import io.coordination.Watch;
import io.coordination.config.ConfigEvent;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockLostReason;
import io.coordination.lock.LockOptions;
import io.coordination.registry.ServiceInfo;
import java.time.Duration;
import java.util.Optional;

/** The snippets of the README, to the letter: a test compares them, and another one runs them. */
public final class ReadmeExample {

    private ReadmeExample() {}

    /** Runs the snippets on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        Coordination.configure(Example.options(arguments));
        try {
            globalFunctions();
            modules();
            locks(Coordination.coordinator());
            Coordination.coordinator().config().list("").forEach(Coordination::deleteConfig);
        } finally {
            Coordination.close();
        }
    }

    private static void globalFunctions() throws InterruptedException {
        try (LockHandle lock = Coordination.acquireLock("orders/42", Duration.ofSeconds(30))) {
            ship(lock.fencingToken());
        }
        Coordination.registerService(ServiceInfo.of("orders", "10.0.0.7", 8080));
        int limit = Coordination.getConfig("orders/limit", Integer.class).orElse(100);
        applyLimit(limit);
    }

    /** Needs three members: it is compiled here, and run where they are. */
    static void coordinatorOfYourOwn() {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("http://10.0.0.1:2379", "http://10.0.0.2:2379", "http://10.0.0.3:2379")
                .namespace("prod")
                .build();
        try (Coordinator coordinator = Coordination.connect(options)) {
            coordinator.lock().tryAcquire("orders/42", Duration.ofSeconds(30)).ifPresent(held -> {
                try (held) {
                    ship(held.fencingToken());
                }
            });
        }
    }

    private static void modules() {
        Coordinator orders = Coordination.module("orders");
        orders.config().set("limit", 100);
        Watch watch = orders.config().watch("limit", Integer.class, event -> {
            if (event instanceof ConfigEvent.Changed<Integer> change) {
                applyLimit(change.value());
            }
        });
        watch.close();
        orders.config().delete("limit");
    }

    private static void locks(Coordinator coordinator) throws InterruptedException {
        LockOptions options = LockOptions.builder()
                .ttl(Duration.ofSeconds(10))
                .waitTime(Duration.ofSeconds(3))
                .build();
        Optional<LockHandle> lock = coordinator.lock().tryAcquire("reports", options);
        lock.ifPresent(held -> held.lost().thenAccept(loss -> stopWork(loss.reason())));
        lock.ifPresent(LockHandle::close);
    }

    private static void ship(long fencingToken) {
        say("Shipping with token %d.", fencingToken);
    }

    private static void applyLimit(int limit) {
        say("The limit is %d.", limit);
    }

    private static void stopWork(LockLostReason reason) {
        say("Stopping: %s.", reason);
    }
}
