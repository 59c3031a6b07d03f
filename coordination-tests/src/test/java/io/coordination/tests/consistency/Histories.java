package io.coordination.tests.consistency;

import io.coordination.store.KeyValue;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all callers saw of all registers. A register is used for a short while and then left for a new one, so that each
 * history stays short enough to be checked. Thread-safe.
 */
final class Histories {

    private static final int REGISTERS_AT_A_TIME = 2;
    private static final int OPERATIONS_A_REGISTER = 40;

    private final Findings findings;
    private final List<AtomicInteger> used = List.of(new AtomicInteger(), new AtomicInteger());
    private final Map<String, Queue<Operation>> histories = new ConcurrentHashMap<>();
    private final Set<Long> refused = ConcurrentHashMap.newKeySet();
    private final Set<Long> seen = ConcurrentHashMap.newKeySet();

    Histories(Findings findings) {
        this.findings = findings;
    }

    /** The register for the next operation of a caller. */
    String register(int choice) {
        int which = choice % REGISTERS_AT_A_TIME;
        int round = used.get(which).getAndIncrement() / OPERATIONS_A_REGISTER;
        return Names.REGISTERS + which + "-" + round;
    }

    void add(String key, Operation operation) {
        histories.computeIfAbsent(key, any -> new ConcurrentLinkedQueue<>()).add(operation);
    }

    /** The write of a value surely failed. */
    void refused(long value) {
        refused.add(value);
    }

    /** Somebody met a value. */
    void saw(KeyValue entry) {
        if (entry.key().startsWith(Names.REGISTERS) && !entry.key().endsWith(Names.MARKER)) {
            seen.add(Names.number(entry.value()));
        }
    }

    /** Checks all, given what is in the registers at the end. */
    void check(Map<String, KeyValue> end) {
        long now = System.nanoTime();
        histories.forEach((key, operations) -> {
            KeyValue last = end.get(key);
            operations.add(Operation.read(last == null ? Operation.ABSENT : Names.number(last.value()), now, now + 1));
            checkHistory(key, List.copyOf(operations));
        });
        end.values().forEach(this::saw);
        refused.stream()
                .filter(seen::contains)
                .forEach(value ->
                        findings.broken("the write of %d was said to have surely failed, but it was seen", value));
    }

    private void checkHistory(String key, List<Operation> operations) {
        try {
            if (!Linearizability.holds(operations)) {
                findings.broken("the history of %s is not linearizable:%n%s", key, lines(operations));
            }
        } catch (IllegalStateException tooTangled) {
            findings.count("histories too tangled");
        }
        findings.count("histories");
    }

    private static String lines(List<Operation> operations) {
        long start = operations.stream().mapToLong(Operation::invoked).min().orElse(0);
        StringBuilder lines = new StringBuilder();
        operations.stream()
                .sorted((a, b) -> Long.compare(a.invoked(), b.invoked()))
                .forEach(one -> lines.append(String.format(
                        "    %8d us to %8s us  %s %s%d%n",
                        (one.invoked() - start) / 1_000,
                        one.isAnswered() ? Long.toString((one.returned() - start) / 1_000) : "never",
                        one.kind(),
                        one.kind() == Operation.Kind.SWAP ? one.expected() + " -> " : "",
                        one.value())));
        return lines.toString();
    }
}
