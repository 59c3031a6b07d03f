package io.coordination.benchmarks;

/** A piece of work that a worker can be told to do and to measure. */
@FunctionalInterface
public interface Workload {

    /** Does the work; blocks until it is done. What it throws fails the command, and with it the run. */
    Reading run(Command command);
}
