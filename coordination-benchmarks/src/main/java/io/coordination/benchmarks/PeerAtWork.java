package io.coordination.benchmarks;

/**
 * A worker that does its work as one peer.
 *
 * @param peer who
 * @param worker its JVM
 * @param way the first part of the names of its workloads; empty where there is only one way
 */
record PeerAtWork(Peer peer, WorkerProcess worker, String way) implements Contender {

    PeerAtWork(Peer peer, WorkerProcess worker) {
        this(peer, worker, "");
    }

    @Override
    public Reading ask(Command command) {
        return worker.ask(
                way.isEmpty()
                        ? command
                        : new Command(LockWorkloads.name(way, command.workload()), command.amount(), command.time()));
    }
}
