package io.coordination.benchmarks;

/** A set of measurements that belong together and share their servers. */
interface Suite {

    /** The name on the command line, and the first part of each figure's name. */
    String name();

    /** Measures. */
    Report run(Bench.Setting setting);
}
