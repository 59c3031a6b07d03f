package io.coordination.store;

import java.util.function.Consumer;

/** A listener of numbers; of two that it has not heard it hears the sum. */
record SummingTarget(Consumer<Integer> listener) implements ListenerTarget<Integer> {

    @Override
    public String subject() {
        return "a test";
    }

    @Override
    public Class<?> listenerClass() {
        return SummingTarget.class;
    }

    @Override
    public void tell(Integer event) {
        listener.accept(event);
    }

    @Override
    public Integer merge(Integer earlier, Integer later) {
        return earlier + later;
    }
}
