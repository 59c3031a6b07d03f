package io.coordination.store;

import io.coordination.CoordinatorOptions;
import java.util.concurrent.Executor;
import org.slf4j.Logger;

/**
 * What a recipe works with: the store, the names of its keys, the time, and the threads for user code.
 *
 * @param store the engine
 * @param keys the names of keys, those of a module where a module uses the recipe
 * @param time the clock and scheduler
 * @param callbacks the executor that all user code runs on
 * @param options the options of the coordinator
 * @param log {@code coordination}, or {@code coordination.<module>} for the work of a module
 */
public record Environment(
        Store store, Keys keys, TimeSource time, Executor callbacks, CoordinatorOptions options, Logger log) {

    /** The same as a module sees it. */
    public Environment ofModule(String module, Logger moduleLog) {
        return new Environment(store, keys.ofModule(module), time, callbacks, options, moduleLog);
    }

    /** The same on another store. */
    public Environment on(Store other) {
        return new Environment(other, keys, time, callbacks, options, log);
    }
}
