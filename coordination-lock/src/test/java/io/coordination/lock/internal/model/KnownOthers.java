package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.QueueChange;
import io.coordination.lock.internal.queue.QueueEntry;
import io.coordination.lock.internal.queue.QueueView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The keys of other processes that one process was told of, whatever its machine makes of them. */
final class KnownOthers {

    private final String own;
    private final TreeMap<String, QueueEntry> entries = new TreeMap<>();

    /** @param own what the keys of the process begin with */
    KnownOthers(String own) {
        this.own = own;
    }

    KnownOthers copy() {
        KnownOthers copy = new KnownOthers(own);
        copy.entries.putAll(entries);
        return copy;
    }

    void changed(List<QueueChange> changes) {
        for (QueueChange change : changes) {
            QueueEntry entry = change.entry();
            if (entry == null) {
                entries.remove(change.key());
            } else if (isForeign(entry)) {
                entries.put(entry.key(), entry);
            }
        }
    }

    void read(QueueView queue) {
        entries.clear();
        queue.entries().stream().filter(this::isForeign).forEach(entry -> entries.put(entry.key(), entry));
    }

    Map<String, QueueEntry> entries() {
        return entries;
    }

    void clear() {
        entries.clear();
    }

    /** Counts holds from the moment on that somebody is known to wait for a place, with the one of that moment. */
    void count(Map<Long, Attempt> attempts, Predicate<Long> isHeld) {
        attempts.replaceAll((place, attempt) -> {
            boolean wait = attempt.created() > 0 && entries.values().stream().anyMatch(other -> waits(other, attempt));
            int before = attempt.othersSince() < 0 && isHeld.test(place) ? 1 : Math.max(0, attempt.othersSince());
            return attempt.othersSince(wait ? before : -1);
        });
    }

    private static boolean waits(QueueEntry other, Attempt attempt) {
        return other.createRevision() > attempt.created()
                && attempt.ticket().mode().blocks(other.mode());
    }

    /** What is left of a view for a process that does not look behind itself. */
    QueueView hidden(QueueView queue, long created) {
        return new QueueView(
                queue.revision(),
                queue.entries().stream()
                        .filter(entry -> !isForeign(entry) || entry.createRevision() < created)
                        .toList());
    }

    /** What is left of changes for a process that does not look behind itself. */
    List<QueueChange> hidden(List<QueueChange> changes) {
        return changes.stream()
                .filter(change -> change.entry() == null || !isForeign(change.entry()))
                .toList();
    }

    private boolean isForeign(QueueEntry entry) {
        return !entry.key().startsWith(own);
    }
}
