package io.coordination.tests.consistency;

import io.coordination.store.KeyValue;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Builds a state of its own from nothing but what one listener of a mirror is told, and checks each step. */
final class MirrorRecord implements MirrorListener {

    private final String name;
    private final Histories histories;
    private final Findings findings;

    private final ReentrantLock lock = new ReentrantLock(); // guards both below
    private final Map<String, KeyValue> entries = new HashMap<>();
    private long revision = -1;

    MirrorRecord(String name, Histories histories, Findings findings) {
        this.name = name;
        this.histories = histories;
        this.findings = findings;
    }

    @Override
    public void onSnapshot(MirrorState state) {
        lock.lock();
        try {
            if (revision >= 0) {
                findings.broken("%s: a second snapshot at revision %d", name, state.revision());
            }
            revision = state.revision();
            entries.putAll(state.entries());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onChange(MirrorChange change) {
        lock.lock();
        try {
            findings.count(change.resync() ? "mirror resyncs" : "mirror changes");
            if (change.revision() <= revision) {
                findings.broken("%s: revision %d after %d", name, change.revision(), revision);
            }
            revision = change.revision();
            change.changes().forEach(this::apply);
            Groups.mixture(key -> Optional.ofNullable(entries.get(key)))
                    .ifPresent(found -> findings.broken("%s: told a mixture at %d: %s", name, revision, found));
        } finally {
            lock.unlock();
        }
    }

    private void apply(MirrorChange.Change change) {
        Optional<KeyValue> before = Optional.ofNullable(entries.get(change.key()));
        if (!before.equals(change.before())) {
            findings.broken(
                    "%s: revision %d says that %s was %s, but it was %s",
                    name, revision, change.key(), change.before(), before);
        }
        change.after().ifPresent(histories::saw);
        change.after().ifPresentOrElse(after -> entries.put(change.key(), after), () -> entries.remove(change.key()));
    }

    /** What the listener knows. */
    Told told() {
        lock.lock();
        try {
            return new Told(revision, Map.copyOf(entries));
        } finally {
            lock.unlock();
        }
    }

    /** A state as a listener was told it. */
    record Told(long revision, Map<String, KeyValue> entries) {}
}
