package io.coordination.examples;

import static io.coordination.examples.Narration.say;

import io.coordination.ConflictException;
import io.coordination.Coordinator;
import io.coordination.Watch;
import io.coordination.config.ConfigEntry;
import io.coordination.config.ConfigEvent;
import io.coordination.config.Version;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Configuration: typed values, live changes, and a change that must not overwrite another one. */
public final class ConfigExample {

    /** A value of an application's own type. */
    record Limits(int perSecond, boolean strict) {}

    private ConfigExample() {}

    /** Runs the example on the given endpoint, or inside this JVM. */
    public static void main(String... arguments) throws InterruptedException {
        try (Coordinator writer = Example.connect(arguments);
                Coordinator reader = Example.connect(arguments)) {
            readAndWrite(writer);
            changeLive(writer, reader);
            compareAndSet(writer);
            writer.config().list("").forEach(writer.config()::delete);
        }
    }

    static void readAndWrite(Coordinator coordinator) {
        coordinator.config().set("orders/limits", new Limits(100, true));
        coordinator.config().set("orders/currency", "EUR");
        Limits limits = coordinator.config().get("orders/limits", Limits.class).orElseThrow();
        say(
                "Wrote and read a record: %s; keys below 'orders': %s.",
                limits, coordinator.config().list("orders"));
    }

    static void changeLive(Coordinator writer, Coordinator reader) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch changed = new CountDownLatch(1);
        Watch watch = reader.config().watch("orders/limits", Limits.class, event -> {
            describe(event);
            started.countDown();
            if (event instanceof ConfigEvent.Changed) {
                changed.countDown();
            }
        });
        try (watch) {
            started.await(10, TimeUnit.SECONDS);
            writer.config().set("orders/limits", new Limits(250, true));
            if (!changed.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the change did not arrive within 10 s");
            }
        }
    }

    private static void describe(ConfigEvent<Limits> event) {
        if (event instanceof ConfigEvent.Initial<Limits> initial) {
            say(
                    "Another coordinator watches; it starts with %s.",
                    initial.value().orElseThrow());
        } else if (event instanceof ConfigEvent.Changed<Limits> change) {
            say(
                    "It hears the change: %s, before %s.",
                    change.value(), change.previous().orElseThrow());
        } else if (event instanceof ConfigEvent.Removed<Limits>) {
            say("It hears that the key is gone.");
        } else if (event instanceof ConfigEvent.Unreadable<Limits> unreadable) {
            say(
                    "It hears of a value that it cannot read: %s.",
                    unreadable.cause().code());
        }
    }

    static void compareAndSet(Coordinator coordinator) {
        ConfigEntry<Limits> seen =
                coordinator.config().entry("orders/limits", Limits.class).orElseThrow();
        Version newer = coordinator.config().compareAndSet("orders/limits", seen.version(), new Limits(300, true));
        say("Changed version %d to version %d.", seen.version().revision(), newer.revision());
        try {
            coordinator.config().compareAndSet("orders/limits", seen.version(), new Limits(1, true));
        } catch (ConflictException e) {
            say(
                    "A change that still starts from version %d is refused: the present one is %d.",
                    seen.version().revision(), e.current().orElseThrow().revision());
        }
    }
}
