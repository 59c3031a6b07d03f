package io.coordination.lock.internal.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where one key of ours stands in its queue, as far as answers and events tell.
 *
 * <p>Only keys with a smaller create revision block, so what is ahead is known from the answer to the enqueue and can only become
 * less. Late, repeated and missing events delay the conclusion that nothing is ahead, and never make it wrong; but a missing
 * deletion of our own key would. Therefore a gap in the watch has to be made up for by a read that shows our key.
 */
final class QueuePosition {

    /** What follows from all that is known. */
    enum Verdict {
        /** Keys are ahead. */
        WAIT,
        /** Nothing is ahead as far as known, but a gap could hide the end of our own key: read the queue. */
        READ,
        /** The lock is ours. */
        OWN,
        /** Our key is gone. */
        LOST
    }

    private record Seen(long revision, QueueChange change) {}

    private final String key;
    private final PlaceMode mode;
    private Map<String, PlaceMode> ahead = Map.of();
    private Map<String, QueueEntry> behind = Map.of();
    private Map<String, Seen> sinceSent = Map.of();
    private boolean watched;
    private boolean covered;
    private boolean shownFirst;
    private boolean lost;
    private long revision;
    private long answeredAt;

    /**
     * A key whose enqueue is about to be sent.
     *
     * @param watched whether a watch of the queue is live at this moment
     */
    QueuePosition(String key, PlaceMode mode, boolean watched) {
        this.key = key;
        this.mode = mode;
        this.watched = watched;
    }

    /** A key that nothing was ahead of. */
    static QueuePosition of(QuietHold hold) {
        QueuePosition position = new QueuePosition(hold.key(), hold.mode(), false);
        position.revision = hold.createRevision();
        position.answeredAt = hold.createRevision();
        position.shownFirst = true;
        return position;
    }

    /**
     * The enqueue was answered.
     *
     * @param createRevision of our key
     * @param queue at the revision of the answer
     * @param floor the watch's floor
     * @param limit the permits of a semaphore
     * @param own tells keys of this process
     */
    void answered(long createRevision, QueueView queue, long floor, long limit, Predicate<String> own) {
        revision = createRevision;
        answeredAt = queue.revision();
        for (QueueEntry entry : queue.entries()) {
            if (counts(entry)) {
                ahead(entry.key(), entry.mode());
            }
            follow(entry, own);
        }
        covered = watched && answeredAt >= floor;
        // By the answer alone: what events take away afterwards counts only when no event is missing.
        shownFirst = fits(ahead.values(), limit);
        Map<String, Seen> changes = sinceSent;
        sinceSent = Map.of();
        changes.values().forEach(seen -> changed(seen.change(), seen.revision(), own));
    }

    /** Something happened to a key of the queue. */
    void changed(QueueChange change, long at, Predicate<String> own) {
        if (!isAnswered()) {
            sinceSent = sinceSent.isEmpty() ? new HashMap<>() : sinceSent;
            sinceSent.merge(
                    change.key(), new Seen(at, change), (old, now) -> now.revision() >= old.revision() ? now : old);
        } else if (at > answeredAt) {
            QueueEntry entry = change.entry();
            if (entry == null) {
                lost |= change.key().equals(key);
                notAhead(change.key());
                notBehind(change.key());
            } else {
                weakened(entry);
                follow(entry, own);
            }
        }
    }

    private void weakened(QueueEntry entry) {
        if (ahead.containsKey(entry.key())) {
            if (counts(entry)) {
                ahead(entry.key(), entry.mode());
            } else {
                notAhead(entry.key());
            }
        }
    }

    /** The watch missed something, or may have. */
    void gap() {
        watched = false;
        covered = false;
        shownFirst = false;
    }

    /**
     * The whole queue was read.
     *
     * @param queue what was read; a view older than the enqueue's answer is ignored
     * @param live whether a watch was live when the read was sent, and still is
     * @param floor the watch's floor
     * @param limit the permits of a semaphore
     * @param own tells keys of this process
     */
    void read(QueueView queue, boolean live, long floor, long limit, Predicate<String> own) {
        if (!isAnswered() || queue.revision() < answeredAt) {
            return;
        }
        Map<String, PlaceMode> counted = new HashMap<>();
        boolean there = false;
        for (QueueEntry entry : queue.entries()) {
            there |= entry.key().equals(key) && entry.createRevision() == revision;
            if (counts(entry)) {
                counted.put(entry.key(), entry.mode());
            }
        }
        if (!there) {
            lost = true;
            return;
        }
        for (String known : List.copyOf(ahead.keySet())) {
            PlaceMode now = counted.get(known);
            if (now == null) {
                notAhead(known);
            } else {
                ahead(known, weaker(ahead.getOrDefault(known, now), now));
            }
        }
        shownFirst = fits(counted.values(), limit);
        covered |= live && queue.revision() >= floor;
        refollow(queue, own);
    }

    private static PlaceMode weaker(PlaceMode known, PlaceMode read) {
        return known.permits() < read.permits() ? known : read;
    }

    private boolean counts(QueueEntry entry) {
        return entry.createRevision() < revision && entry.mode().counts(mode);
    }

    private void ahead(String other, PlaceMode otherMode) {
        ahead = ahead.isEmpty() ? new HashMap<>() : ahead;
        ahead.put(other, otherMode);
    }

    private void notAhead(String other) {
        if (!ahead.isEmpty()) {
            ahead.remove(other);
        }
    }

    // ---- who waits behind

    private void follow(QueueEntry entry, Predicate<String> own) {
        if (entry.createRevision() > revision && !own.test(entry.key())) {
            behind = behind.isEmpty() ? new HashMap<>() : behind;
            behind.put(entry.key(), entry);
        }
    }

    private void notBehind(String other) {
        if (!behind.isEmpty()) {
            behind.remove(other);
        }
    }

    /** A view replaces what was known but for keys that were made later than it. */
    private void refollow(QueueView queue, Predicate<String> own) {
        List<QueueEntry> later = new ArrayList<>();
        for (QueueEntry entry : behind.values()) {
            if (entry.createRevision() > queue.revision()) {
                later.add(entry);
            }
        }
        behind = Map.of();
        queue.entries().forEach(entry -> follow(entry, own));
        later.forEach(entry -> follow(entry, own));
    }

    /** Whether another process is known to wait for a place of a mode to end. */
    boolean blocksOthers(PlaceMode held) {
        for (QueueEntry entry : behind.values()) {
            if (held.blocks(entry.mode())) {
                return true;
            }
        }
        return false;
    }

    // ---- what follows

    /**
     * What follows from all that is known.
     *
     * @param limit the permits of a semaphore
     */
    Verdict verdict(long limit) {
        if (lost) {
            return Verdict.LOST;
        }
        if (!isAnswered() || !fits(ahead.values(), limit)) {
            return Verdict.WAIT;
        }
        return covered || shownFirst ? Verdict.OWN : Verdict.READ;
    }

    private boolean fits(Collection<PlaceMode> before, long limit) {
        if (mode.permits() == 0) {
            return before.isEmpty();
        }
        long taken = mode.permits();
        for (PlaceMode other : before) {
            if (other.blocks(mode)) {
                return false;
            }
            taken += other.permits();
        }
        return taken <= limit;
    }

    /** Whether the enqueue was answered, so that there is a create revision. */
    boolean isAnswered() {
        return revision > 0;
    }

    /** Whether a watch has shown everything since the answer. */
    boolean isCovered() {
        return covered;
    }

    /** The create revision of our key. */
    long revision() {
        return revision;
    }

    /** How many keys are ahead, as far as known. */
    int ahead() {
        return ahead.size();
    }

    QueuePosition copy() {
        QueuePosition copy = new QueuePosition(key, mode, watched);
        copy.ahead = ahead.isEmpty() ? Map.of() : new HashMap<>(ahead);
        copy.behind = behind.isEmpty() ? Map.of() : new HashMap<>(behind);
        copy.sinceSent = sinceSent.isEmpty() ? Map.of() : new HashMap<>(sinceSent);
        copy.covered = covered;
        copy.shownFirst = shownFirst;
        copy.lost = lost;
        copy.revision = revision;
        copy.answeredAt = answeredAt;
        return copy;
    }

    Object state() {
        return List.of(
                key,
                mode,
                Map.copyOf(ahead),
                Map.copyOf(behind),
                Map.copyOf(sinceSent),
                List.of(watched, covered, shownFirst, lost),
                revision,
                answeredAt);
    }

    static Object stateOf(@Nullable QueuePosition position) {
        return position == null ? "" : position.state();
    }
}
