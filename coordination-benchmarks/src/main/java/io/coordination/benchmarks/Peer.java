package io.coordination.benchmarks;

import java.util.Locale;

/** Who is measured. Each has a module, a main class and JVMs of its own, which several ways of using it may share. */
public enum Peer {
    /** This project. */
    OURS(Library.OURS),
    /** jetcd-core, the usual etcd client of the JVM, as Maven resolves it; its locks with a lease for each. */
    JETCD(Library.JETCD),
    /** jetcd-core's locks with a lease for each caller. */
    JETCD_SHARED(Library.JETCD),
    /** Curator on ZooKeeper. */
    CURATOR(Library.CURATOR),
    /** Redisson on Redis. */
    REDISSON(Library.REDISSON),
    /** Redisson's fair locks. */
    REDISSON_FAIR(Library.REDISSON);

    private final Library library;

    Peer(Library library) {
        this.library = library;
    }

    Library library() {
        return library;
    }

    /** The name in figures. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
