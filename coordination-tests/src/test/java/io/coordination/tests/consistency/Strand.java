package io.coordination.tests.consistency;

import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** One sequence of random operations, as one caller does them. Used by one thread at a time. */
interface Strand {

    /**
     * Begins the next operation.
     *
     * @param random made from the seed and the number of the operation, so that choices do not depend on earlier answers
     * @return ends with the operation, whatever its outcome
     */
    CompletableFuture<?> next(Random random);
}
