package io.coordination.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** The work of the suite {@code lock}, the same for every client library. */
public final class LockWorkloads {

    /** Of twenty turns with a read-write lock one writes: 95 of 100 read. */
    private static final int TURNS_A_WRITE = 20;

    private static final int LOCKS = 1_000;
    private static final int BETWEEN_LOOKS = 100;

    // Different ways of using a library must not meet at a lock.
    private final String way;
    private final LockClients clients;
    private final List<String> locks;

    private LockWorkloads(String way, LockClients clients) {
        this.way = way;
        this.clients = clients;
        this.locks = IntStream.range(0, LOCKS).mapToObj(i -> way + "-" + i).toList();
    }

    /**
     * All workloads by name, done by clients.
     *
     * @param way the way of using the library; the first part of each name
     */
    public static Map<String, Workload> of(String way, LockClients clients) {
        LockWorkloads work = new LockWorkloads(way, clients);
        HeldLocks held = new HeldLocks(clients);
        Baton baton = new Baton(clients, way + "-baton-");
        Map<String, Workload> all = new LinkedHashMap<>();
        all.put("cycle", work::cycle);
        all.put("contend", work::contend);
        all.put("distinct", command -> new CallLoop(work.locks, clients.usual()::cycle).run(command));
        all.put("readmostly", work::readMostly);
        all.put("take", baton::take);
        all.put("leave", baton::leave);
        all.put("hold", held::hold);
        all.put("heap", held::heap);
        all.put("cpu", command -> Reading.of("ms", CallLoop.cpuNanos() / 1e6));
        all.put("release", held::release);
        Map<String, Workload> named = new LinkedHashMap<>();
        all.forEach((name, workload) -> named.put(name(way, name), workload));
        return named;
    }

    /** The name of a workload done in one way. */
    public static String name(String way, String workload) {
        return way + ":" + workload;
    }

    /** One thread that does the same again and again for the time of a command: {@code p50} and so on, in microseconds. */
    public static Reading repeated(Command command, Runnable action) {
        return Turns.take(command, turn -> action.run());
    }

    /**
     * One thread that does the same again and again for the time of a command, and looks at the clock only now and then:
     * {@code ns} is the time of one.
     */
    public static Reading counted(Command command, Runnable action) {
        long begin = System.nanoTime();
        long count = 0;
        long now;
        do {
            for (int i = 0; i < BETWEEN_LOOKS; i++) {
                action.run();
            }
            count += BETWEEN_LOOKS;
            now = System.nanoTime();
        } while (now - begin < command.time().toNanos());
        return Reading.of("ns", (now - begin) / (double) count);
    }

    /** Nobody else wants these locks: walking over names leaves a release that is under way alone. */
    private Reading cycle(Command command) {
        LockClient client = clients.usual();
        return Turns.take(
                command, turn -> client.acquire(locks.get(turn % locks.size())).release());
    }

    /** Everybody wants the same lock. A lock that lets two in at once is no figure. */
    private Reading contend(Command command) {
        LockClient client = clients.usual();
        String contended = way + "-contended";
        AtomicInteger inside = new AtomicInteger();
        return Turns.take(command, turn -> {
            LockClient.Held held = client.acquire(contended);
            requireInside(inside.incrementAndGet(), 1);
            inside.decrementAndGet();
            held.release();
        });
    }

    private Reading readMostly(Command command) {
        if (!(clients.usual() instanceof LockClient.ReadWrite client)) {
            throw new IllegalStateException("this library has no read-write lock");
        }
        String shared = way + "-read-mostly";
        AtomicInteger readers = new AtomicInteger();
        AtomicInteger writers = new AtomicInteger();
        return Turns.take(command, turn -> {
            boolean writes = turn % TURNS_A_WRITE == TURNS_A_WRITE - 1;
            LockClient.Held held = writes ? client.write(shared) : client.read(shared);
            AtomicInteger mine = writes ? writers : readers;
            int alike = mine.incrementAndGet();
            requireInside(writes ? alike + readers.get() : 1 + writers.get(), 1);
            mine.decrementAndGet();
            held.release();
        });
    }

    private static void requireInside(int found, int allowed) {
        if (found > allowed) {
            throw new IllegalStateException(found + " held at once what only " + allowed + " may hold");
        }
    }
}
