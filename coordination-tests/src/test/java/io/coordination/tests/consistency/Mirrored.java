package io.coordination.tests.consistency;

import io.coordination.CoordinationException;
import io.coordination.store.Blocking;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One mirror of one client, with a listener to it. */
final class Mirrored {

    private final String name;
    private final String prefix;
    private final Mirror mirror;
    private final MirrorRecord listener;
    private final Findings findings;

    Mirrored(Client client, String prefix, Histories histories, Findings findings) {
        this.name = client + "'s mirror of " + prefix;
        this.prefix = prefix;
        this.findings = findings;
        this.mirror = Mirror.open(client.store(), client.time(), prefix);
        this.listener = new MirrorRecord(name, histories, findings);
        mirror.subscribe(listener);
    }

    /** Looks at the state as any reader may at any time. */
    void look() {
        MirrorState state = mirror.state();
        Groups.mixture(state::get)
                .ifPresent(
                        found -> findings.broken("%s: state() at %d is a mixture: %s", name, state.revision(), found));
    }

    /** Lets the mirror compare itself with the server, for servers whose watches lose changes. */
    void repair(Duration limit) throws InterruptedException {
        try {
            if (mirror.check().get(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                findings.count("mirror repairs");
            }
        } catch (TimeoutException | ExecutionException e) {
            findings.broken("%s could not compare itself with the server: %s", name, Blocking.cause(e));
        }
    }

    /** Checks that the mirror arrives where the server is, given a revision at which something of it changed. */
    void checkArrived(long revision, Duration limit, Store store) throws InterruptedException {
        try {
            mirror.reached(revision).get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            findings.broken(
                    "%s is at revision %d and did not reach %d within %d s, stale for %s",
                    name, mirror.state().revision(), revision, limit.toSeconds(), mirror.staleFor());
            return;
        }
        MirrorState state = mirror.state();
        compare("state()", state.revision(), state.entries(), store);
        MirrorRecord.Told told = listener.told();
        compare("what its listener was told", told.revision(), told.entries(), store);
        look();
    }

    private void compare(String what, long revision, Map<String, KeyValue> entries, Store store) {
        try {
            RangeQuery query = RangeQuery.of(KeyRange.prefix(prefix)).atRevision(revision);
            Map<String, KeyValue> server = store.range(query).get(20, TimeUnit.SECONDS).entries().stream()
                    .collect(Collectors.toMap(KeyValue::key, Function.identity()));
            if (!server.equals(entries)) {
                findings.broken(
                        "%s: %s differs from the server at revision %d: %s",
                        name, what, revision, difference(server, entries));
            }
        } catch (ExecutionException | TimeoutException e) {
            findings.broken("%s: the server could not be read at %d: %s", name, revision, Blocking.cause(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CoordinationException e) {
            findings.broken("%s: the server could not be read at %d: %s", name, revision, e);
        }
    }

    private static String difference(Map<String, KeyValue> server, Map<String, KeyValue> here) {
        String missing =
                server.keySet().stream().filter(key -> !here.containsKey(key)).collect(Collectors.joining(", "));
        String extra =
                here.keySet().stream().filter(key -> !server.containsKey(key)).collect(Collectors.joining(", "));
        String other = server.entrySet().stream()
                .filter(entry ->
                        here.containsKey(entry.getKey()) && !entry.getValue().equals(here.get(entry.getKey())))
                .map(entry -> entry.getKey() + " is from " + entry.getValue().modRevision() + ", here from "
                        + here.get(entry.getKey()).modRevision())
                .collect(Collectors.joining(", "));
        return "missing here [" + missing + "], only here [" + extra + "], different [" + other + "]";
    }

    void close() {
        mirror.close();
    }
}
