package io.coordination.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** A listener that keeps what it heard. */
final class Heard<E> implements Consumer<E> {

    private final List<E> events = new CopyOnWriteArrayList<>();

    @Override
    public void accept(E event) {
        events.add(event);
    }

    List<E> events() {
        return events;
    }

    /** Waits until an event of a kind has been heard. */
    void await(Class<?> kind) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(events).anyMatch(kind::isInstance));
    }

    /** Waits until the same event has been heard. */
    void awaitValue(E event) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(events).contains(event));
    }
}
