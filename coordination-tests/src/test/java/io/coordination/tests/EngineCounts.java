package io.coordination.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts how many tests of the contract suites passed on which engine, for {@code ./verify} to print. Reports by class cannot
 * tell: the nested classes of a suite have the same names on every engine.
 */
public final class EngineCounts implements TestExecutionListener {

    private static final Path COUNTS = Path.of("target", "engine-counts.txt");
    private static final Map<String, String> ENGINES =
            Map.of("OnMemory", "memory", "OnEtcd34", "etcd-3.4", "OnEtcd35", "etcd-3.5");

    private final Map<String, AtomicInteger> passed = new ConcurrentHashMap<>();

    /** For {@link java.util.ServiceLoader}. */
    public EngineCounts() {}

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            engineOf(test.getUniqueIdObject())
                    .ifPresent(engine -> passed.computeIfAbsent(engine, any -> new AtomicInteger())
                            .incrementAndGet());
        }
    }

    private static Optional<String> engineOf(UniqueId test) {
        return test.getSegments().stream()
                .filter(segment -> segment.getType().equals("class"))
                .flatMap(segment -> ENGINES.entrySet().stream()
                        .filter(engine -> segment.getValue().contains(engine.getKey()))
                        .map(Map.Entry::getValue))
                .findFirst();
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        StringBuilder lines = new StringBuilder();
        new TreeMap<>(passed)
                .forEach((engine, count) ->
                        lines.append(engine).append(' ').append(count).append('\n'));
        passed.clear();
        try {
            Files.createDirectories(COUNTS.toAbsolutePath().getParent());
            Files.writeString(COUNTS, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
