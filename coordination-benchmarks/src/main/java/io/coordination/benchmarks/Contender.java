package io.coordination.benchmarks;

/** A peer at work, seen from the coordinator. */
interface Contender {

    /** Who it works for. */
    Peer peer();

    /**
     * Lets it do something and waits for it.
     *
     * @throws IllegalStateException when it fails
     */
    Reading ask(Command command);
}
