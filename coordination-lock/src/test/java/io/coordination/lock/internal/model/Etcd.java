package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.lock.internal.queue.QueueChange;
import io.coordination.lock.internal.queue.QueueEntry;
import io.coordination.lock.internal.queue.QueueView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One lock's queue on the server, the leases that its keys hang on with their fences, and the history that watches follow. */
final class Etcd {

    /** A key as it is stored. */
    record Stored(String key, long created, long modified, int lease, PlaceMode mode, boolean retaining) {
        @Override
        public String toString() {
            return key + mode.text() + "@" + created;
        }
    }

    /** What one revision changed in the queue. */
    record Revision(long number, List<QueueChange> changes) {
        @Override
        public String toString() {
            return number + " "
                    + changes.stream()
                            .map(change -> (change.entry() == null ? "DELETE " : "PUT ") + change.key())
                            .toList();
        }
    }

    private final Set<Rule> dropped;
    private final TreeMap<String, Stored> keys;
    private final TreeMap<Integer, Long> fences;
    private final List<Revision> history;
    private final TreeMap<String, Long> tampered = new TreeMap<>();
    private long revision;
    private List<QueueChange> changing = List.of();
    private final FlatRow flat = new FlatRow();

    Etcd(Set<Rule> dropped) {
        this(dropped, Map.of(), Map.of(), List.of(), Flattening.REVISIONS);
    }

    private Etcd(
            Set<Rule> dropped,
            Map<String, Stored> keys,
            Map<Integer, Long> fences,
            List<Revision> history,
            long revision) {
        this.dropped = dropped;
        this.keys = new TreeMap<>(keys);
        this.fences = new TreeMap<>(fences);
        this.history = new ArrayList<>(history);
        this.revision = revision;
    }

    Etcd copy() {
        Etcd copy = new Etcd(dropped, keys, fences, history, revision);
        copy.tampered.putAll(tampered);
        copy.flat.copy(flat);
        return copy;
    }

    long revision() {
        return revision;
    }

    List<Stored> keys() {
        return List.copyOf(keys.values());
    }

    @Nullable
    Stored key(String name) {
        return keys.get(name);
    }

    /** A lease with its fence. Nobody compares fences with anything but themselves, so their moves are counted, no more. */
    long grant(int lease) {
        flat.forget();
        revision++;
        fences.put(lease, 1L);
        return 1;
    }

    boolean hasLease(int lease) {
        return fences.containsKey(lease);
    }

    /** The leases that live. */
    Set<Integer> leases() {
        return fences.keySet();
    }

    /** The end of a lease takes all its keys away in one revision. */
    void expire(int lease) {
        flat.forget();
        fences.remove(lease);
        change(() -> keys.values().stream()
                .filter(stored -> stored.lease() == lease)
                .toList()
                .forEach(stored -> delete(stored.key())));
    }

    /** An operator's hand. */
    void operatorDeletes(String key) {
        change(() -> delete(key));
        tampered.put(key, revision);
    }

    /** Since when a key is gone by an operator's hand; nothing when it is not. */
    long goneSince(String key) {
        return tampered.getOrDefault(key, Long.MAX_VALUE);
    }

    /** When keys were taken away by an operator's hand. */
    Collection<Long> tampered() {
        return tampered.values();
    }

    boolean isTampered() {
        return !tampered.isEmpty();
    }

    Answer apply(Call call) {
        boolean[] succeeded = {false};
        if (leaseMissing(call)) {
            return new Answer(false, true, 0, 0, view());
        }
        change(() -> succeeded[0] = run(call));
        boolean shows = !(call instanceof Call.Release || call instanceof Call.Weaken || call instanceof Call.Close);
        Stored asked = keys.get(keyOf(call));
        return new Answer(
                succeeded[0],
                false,
                asked == null ? 0 : asked.created(),
                fences.getOrDefault(leaseOf(call), 0L),
                shows ? view() : new QueueView(revision, List.of()));
    }

    /** A put on a lease that is gone fails the transaction as a whole, if its branch is the one to take. */
    private boolean leaseMissing(Call call) {
        if (call instanceof Call.Requeue requeue) {
            return holds(requeue) && !fences.containsKey(requeue.ticket().lease());
        }
        if (call instanceof Call.Enqueue enqueue && dropped.contains(Rule.FENCE)) {
            return !keys.containsKey(enqueue.ticket().key())
                    && !fences.containsKey(enqueue.ticket().lease());
        }
        return false;
    }

    private static String keyOf(Call call) {
        if (call instanceof Call.Enqueue enqueue) {
            return enqueue.ticket().key();
        } else if (call instanceof Call.Attempt attempt) {
            return attempt.ticket().key();
        }
        return call instanceof Call.Requeue requeue ? requeue.ticket().key() : "";
    }

    private static int leaseOf(Call call) {
        if (call instanceof Call.Enqueue enqueue) {
            return enqueue.ticket().lease();
        } else if (call instanceof Call.Attempt attempt) {
            return attempt.ticket().lease();
        }
        return call instanceof Call.Close close ? close.lease() : -1;
    }

    private boolean run(Call call) {
        if (call instanceof Call.Enqueue enqueue) {
            return fenceIs(enqueue.ticket().lease(), enqueue.fence()) && join(enqueue.ticket());
        } else if (call instanceof Call.Attempt attempt) {
            boolean unchanged = keys.values().stream()
                    .allMatch(stored -> attempt.unchangedSince() > 0 && stored.modified() <= attempt.unchangedSince());
            return unchanged && fenceIs(attempt.ticket().lease(), attempt.fence()) && join(attempt.ticket());
        } else if (call instanceof Call.Requeue requeue) {
            return requeue(requeue);
        } else if (call instanceof Call.Weaken weaken) {
            return isMadeAt(weaken.key(), weaken.revision()) && weaken(weaken);
        } else if (call instanceof Call.Release release) {
            if (dropped.contains(Rule.GUARD_OF_RELEASE)) {
                delete(release.key());
                return true;
            }
            return isMadeAt(release.key(), release.revision()) && delete(release.key());
        }
        return call instanceof Call.Close close && close(close);
    }

    boolean fenceIs(int lease, long expected) {
        return dropped.contains(Rule.FENCE) || fences.getOrDefault(lease, 0L) == expected;
    }

    boolean isMadeAt(String key, long created) {
        Stored stored = keys.get(key);
        return stored != null && stored.created() == created;
    }

    private boolean holds(Call.Requeue requeue) {
        return (isMadeAt(requeue.oldKey(), requeue.oldRevision()) || dropped.contains(Rule.GUARD_OF_REQUEUE))
                && !keys.containsKey(requeue.ticket().key());
    }

    private boolean requeue(Call.Requeue requeue) {
        if (!holds(requeue)) {
            return false;
        }
        delete(requeue.oldKey());
        return join(requeue.ticket());
    }

    private boolean join(Call.Ticket ticket) {
        if (keys.containsKey(ticket.key())) {
            return false;
        }
        put(new Stored(ticket.key(), revision + 1, revision + 1, ticket.lease(), ticket.mode(), ticket.retaining()));
        return true;
    }

    private boolean weaken(Call.Weaken weaken) {
        Stored old = keys.get(weaken.key());
        if (old == null) {
            return false;
        }
        long created = dropped.contains(Rule.MODE_IN_THE_VALUE) ? revision + 1 : old.created();
        put(new Stored(old.key(), created, revision + 1, old.lease(), weaken.mode(), old.retaining()));
        return true;
    }

    private boolean close(Call.Close close) {
        if (!fences.containsKey(close.lease()) || fences.getOrDefault(close.lease(), 0L) != close.fence()) {
            return false;
        }
        fences.merge(close.lease(), 1L, Long::sum);
        close.keys().forEach(this::delete);
        return true;
    }

    private void put(Stored stored) {
        keys.put(stored.key(), stored);
        changing.add(new QueueChange(stored.key(), entry(stored)));
    }

    private boolean delete(String key) {
        if (keys.remove(key) == null) {
            return false;
        }
        changing.add(new QueueChange(key, null));
        return true;
    }

    /** All that one transaction changes is one revision. */
    private void change(Runnable transaction) {
        changing = new ArrayList<>();
        TreeMap<Integer, Long> before = new TreeMap<>(fences);
        transaction.run();
        flat.forget();
        if (!changing.isEmpty()) {
            history.add(new Revision(++revision, List.copyOf(changing)));
        } else if (!before.equals(fences)) {
            revision++;
        }
        changing = List.of();
    }

    private QueueEntry entry(Stored stored) {
        long order = dropped.contains(Rule.CREATE_REVISION) ? stored.modified() : stored.created();
        return new QueueEntry(stored.key(), order, stored.mode(), stored.retaining());
    }

    private QueueView view() {
        return new QueueView(
                revision,
                keys.values().stream()
                        .sorted(Comparator.comparingLong(Stored::created))
                        .map(this::entry)
                        .toList());
    }

    /** The first change of the queue after a revision. */
    @Nullable
    Revision after(long position) {
        for (Revision change : history) {
            if (change.number() > position) {
                return change;
            }
        }
        return null;
    }

    /** Forgets what every watch has had. */
    void forgetUntil(long position) {
        if (history.removeIf(change -> change.number() <= position)) {
            flat.forget();
        }
    }

    long[] flat(Renaming with) {
        return flat.of(with, this::row);
    }

    private long[] row(Renaming with) {
        return new Flattening(with)
                .add(revision)
                .add(keys)
                .add(fences)
                .add(history)
                .add(tampered)
                .row();
    }

    @Override
    public String toString() {
        return "revision " + revision + ", keys " + keys.values() + ", fences " + fences;
    }
}
