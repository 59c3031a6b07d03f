package io.coordination.tests.consistency;

import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.tests.chaos.ServerRules;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What must be true once all faults are over and nobody writes any more. */
final class FinalChecks {

    /** The longest pause between two attempts to connect, and some. */
    private static final Duration ARRIVAL = Duration.ofSeconds(20);
    /** A new leader gives every lease its whole TTL again. */
    private static final Duration EXPIRY = Leases.TTL.multipliedBy(2).plusSeconds(15);

    private final Workload workload;
    private final Client observer;
    private final ServerRules rules;
    private final Findings findings;

    FinalChecks(Workload workload, Client observer, ServerRules rules, Findings findings) {
        this.workload = workload;
        this.observer = observer;
        this.rules = rules;
        this.findings = findings;
    }

    void check() throws InterruptedException {
        checkMirrors();
        Map<String, KeyValue> end = keys(Names.ROOT);
        workload.histories().check(below(end, Names.REGISTERS));
        workload.onceWrites().forEach(writes -> writes.check(end, findings));
        workload.leases().forEach(leases -> leases.checkRevoked(end));
        checkSettings();
        checkInstances();
        checkSessions();
        checkLeasesRunOut();
        checkThatSomethingHappened();
    }

    private void checkMirrors() throws InterruptedException {
        Op[] markers = Workload.prefixes().stream()
                .map(prefix -> Op.put(prefix + Names.MARKER, Names.value(1), 0))
                .toArray(Op[]::new);
        long revision = observer.txn("marker", Txn.always(markers)).join().revision();
        // All of them together have the time that one may take: a failure shall not take minutes.
        long deadline = System.nanoTime() + ARRIVAL.toNanos();
        for (Mirrored mirror : workload.mirrors()) {
            if (!rules.watchesAreTrusted()) {
                mirror.repair(until(deadline));
            }
            mirror.checkArrived(revision, until(deadline), observer.store());
        }
    }

    private static Duration until(long deadline) {
        return Duration.ofNanos(Math.max(Duration.ofSeconds(1).toNanos(), deadline - System.nanoTime()));
    }

    private void checkSettings() {
        List<Settings> all = workload.settings();
        for (Settings settings : all) {
            eventually(
                    ARRIVAL,
                    () -> settings.told().equals(all.get(0).stored()),
                    () -> "a configuration listener was told " + settings.told() + ", but there is "
                            + all.get(0).stored());
        }
    }

    private void checkInstances() {
        Set<String> wanted = new TreeSet<>();
        workload.instances().forEach(instances -> wanted.addAll(instances.wanted()));
        String prefix = observer.environment().keys().namespacePrefix().replace("chaos-sessions", Client.NAMESPACE)
                + "services/";
        eventually(
                EXPIRY,
                () -> names(prefix).equals(wanted),
                () -> "registered must be " + wanted + ", but there are " + names(prefix));
        workload.instances()
                .forEach(instances -> eventually(
                        ARRIVAL,
                        () -> instances.discovered().equals(wanted),
                        () -> "registered are " + wanted + ", but discovered " + instances.discovered()));
    }

    private Set<String> names(String prefix) {
        return keys(prefix).keySet().stream()
                .map(key -> key.substring(key.lastIndexOf('/') + 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void checkSessions() throws InterruptedException {
        for (SessionKeys sessions : workload.sessions()) {
            sessions.close();
        }
        String prefix = observer.environment().keys().namespacePrefix();
        eventually(
                EXPIRY,
                () -> keys(prefix).isEmpty(),
                () -> "left by closed sessions: " + keys(prefix).keySet());
        Set<String> end = keys(prefix).keySet();
        workload.sessions().forEach(sessions -> sessions.check(end));
    }

    private void checkLeasesRunOut() {
        eventually(EXPIRY, () -> leased().isEmpty(), () -> "left by leases that nobody renews: " + leased());
    }

    private Set<String> leased() {
        return keys(Names.LEASED).values().stream()
                .filter(entry -> entry.lease() != 0)
                .map(KeyValue::key)
                .collect(Collectors.toSet());
    }

    /** A run in which nothing was done proves nothing. */
    private void checkThatSomethingHappened() {
        for (String what : List.of(
                "read ok",
                "write ok",
                "swap ONCE ok",
                "swap REPEATABLE ok",
                "once ok",
                "group put ok",
                "group delete ok",
                "leased put ok",
                "revoke ok",
                "session ok",
                "config set ok",
                "register ok",
                "mirror changes",
                "histories")) {
            if (findings.counted(what) == 0) {
                findings.broken("the run proves nothing: there was no '%s'", what);
            }
        }
    }

    private Map<String, KeyValue> keys(String prefix) {
        return observer.range("final read", RangeQuery.prefix(prefix)).join().entries().stream()
                .collect(Collectors.toMap(KeyValue::key, Function.identity()));
    }

    private static Map<String, KeyValue> below(Map<String, KeyValue> all, String prefix) {
        return all.entrySet().stream()
                .filter(entry ->
                        entry.getKey().startsWith(prefix) && !entry.getKey().endsWith(Names.MARKER))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private void eventually(Duration limit, BooleanSupplier condition, Supplier<String> otherwise) {
        try {
            Awaitility.await().atMost(limit).until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            findings.broken("after %d s: %s", limit.toSeconds(), otherwise.get());
        }
    }
}
