package io.coordination.benchmarks;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The JVMs of the suite {@code lock}: of each library a large one, which also is the first of several that fight. */
final class LockWorkers implements AutoCloseable {

    private final Map<Library, List<WorkerProcess>> workers = new EnumMap<>(Library.class);

    /** Starts all. */
    LockWorkers(Bench.Setting setting, int jvms) {
        for (Library library : Library.values()) {
            workers.put(
                    library,
                    IntStream.rangeClosed(1, jvms)
                            .mapToObj(number -> start(setting, library, number))
                            .toList());
        }
    }

    private static WorkerProcess start(Bench.Setting setting, Library library, int number) {
        return number == 1
                ? setting.start(library)
                : setting.start(library, WorkerProcess.SMALL, library.label() + "-" + number);
    }

    /** The large JVM of a way. */
    Contender one(LockWay way) {
        return some(way, 1).get(0);
    }

    /** Several JVMs of a way, the large one among them. */
    List<Contender> some(LockWay way, int jvms) {
        return workers.getOrDefault(way.peer().library(), List.of()).stream()
                .limit(jvms)
                .<Contender>map(worker -> new PeerAtWork(way.peer(), worker, way.name()))
                .toList();
    }

    @Override
    public void close() {
        workers.values().forEach(list -> list.forEach(WorkerProcess::close));
    }
}
