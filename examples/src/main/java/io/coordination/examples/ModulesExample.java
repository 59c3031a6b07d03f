package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.Coordinator;
import io.coordination.lock.LockHandle;
import java.time.Duration;

/** Module coordinators: names of their own on one connection. */
public final class ModulesExample {

    private ModulesExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator coordinator = Example.connect(arguments)) {
            useModules(coordinator);
        }
    }

    static void useModules(Coordinator coordinator) throws InterruptedException {
        Coordinator orders = coordinator.module("orders");
        Coordinator billing = coordinator.module("billing");
        try (LockHandle ofOrders = orders.lock().acquire("nightly", Duration.ofSeconds(30));
                LockHandle ofBilling = billing.lock().acquire("nightly", Duration.ofSeconds(30))) {
            say(
                    "Modules 'orders' and 'billing' both hold their own '%s': tokens %d and %d.",
                    ofOrders.key(), ofOrders.fencingToken(), ofBilling.fencingToken());
        }
        orders.config().set("limit", 5);
        say(
                "orders sees limit=%s, billing sees %s.",
                orders.config().get("limit", Integer.class).orElseThrow(),
                billing.config().get("limit", Integer.class).isPresent() ? "it too" : "none");
        orders.config().delete("limit");
    }
}
