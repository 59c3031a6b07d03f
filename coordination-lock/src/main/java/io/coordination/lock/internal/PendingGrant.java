package io.coordination.lock.internal;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A wish that has been made, as its caller sees it until it is answered.
 *
 * @param <H> what is granted
 */
interface PendingGrant<H> {

    /** The name of what is wanted. */
    String name();

    /** The same as the subject of a sentence. */
    String what();

    /** What was granted, or nothing when it was refused. */
    CompletableFuture<Optional<H>> answer();

    /** Gives the wish up; true when that came before any other end. */
    boolean cancel();

    /** Takes back what was granted to a caller who had gone by then. */
    void giveBack(H granted);
}
