package io.coordination.lock.internal;

import io.coordination.store.KeyValue;
import io.coordination.store.WatchEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Where one key stands in a queue whose keys share a {@link Capacity}, and when it follows that the key is served. Pure: no
 * I/O, no clock, no thread.
 *
 * <p>The rules are those of {@link QueuePosition}: the enqueue's answer says exactly which keys are ahead at its revision {@code
 * h}; what is ahead only shrinks afterwards, by keys that go or that take less; events at or before {@code h} say nothing, and
 * those that come before the answer are kept. A key is served when what is ahead leaves enough for it, and goes on being served
 * until it is deleted. The one event that must not be missed is the deletion of our own key: so a verdict counts only while a
 * watch has covered every revision since {@code h}, or right after a read that showed it.
 *
 * <p>How much there is may change. More is given to those who wait; less takes nothing from those who are served.
 */
final class Standing {

    /** What follows from all that is known. */
    enum Verdict {
        /** Too much is ahead. */
        WAIT,
        /** Enough is left as far as known, but a gap could hide the end of our own key: read the queue. */
        READ,
        /** Served. */
        OWN,
        /** We want more than there is. */
        NEVER,
        /** Our key is gone. */
        LOST
    }

    private final QueueKeys queue;
    private final String key;
    private final Capacity capacity;
    private final long wanted;
    private final Map<String, Long> ahead = new HashMap<>();
    private final List<WatchEvent> early = new ArrayList<>();
    private OptionalLong floor = OptionalLong.empty();
    private long limit;
    private long limitRevision;
    private boolean covered;
    private boolean shown;
    private boolean lost;
    private long revision;
    private long answeredAt;

    /** A key whose enqueue is about to be sent. */
    Standing(QueueKeys queue, String key, Capacity capacity, long wanted) {
        this.queue = queue;
        this.key = key;
        this.capacity = capacity;
        this.wanted = wanted;
        this.limit = capacity.known();
    }

    /** Whether a key at the end of a queue would be served at once. */
    static boolean hasRoom(QueueKeys queue, Capacity capacity, long wanted, List<KeyValue> found) {
        long limit = found.stream()
                .flatMapToLong(entry -> capacity.limitIn(queue, entry).stream())
                .findFirst()
                .orElse(capacity.known());
        long taken = queue.members(found).stream().mapToLong(capacity::takenBy).sum();
        return taken + wanted <= limit;
    }

    /** Events of all revisions after this one will come. */
    void live(long watchFloor) {
        floor = OptionalLong.of(watchFloor);
        covered |= isAnswered() && watchFloor <= answeredAt;
    }

    /** The watch missed something, or may have. */
    void gap() {
        floor = OptionalLong.empty();
        covered = false;
        shown = false;
    }

    /** The enqueue was answered: our create revision, the revision of the answer, and what it found. */
    void answered(long createRevision, long answerRevision, List<KeyValue> found) {
        revision = createRevision;
        answeredAt = answerRevision;
        covered = floor.isPresent() && floor.getAsLong() <= answerRevision;
        found.forEach(this::takeLimit);
        lost = !contains(found);
        ahead.putAll(blockers(found));
        shown = fits(ahead);
        early.forEach(this::changed);
        early.clear();
    }

    /** Something under the prefix changed. */
    void changed(WatchEvent event) {
        if (!isAnswered()) {
            early.add(event);
        } else if (event.modRevision() > answeredAt) {
            if (event instanceof WatchEvent.Put put) {
                takeLimit(put.entry());
                ahead.computeIfPresent(event.key(), (any, taken) -> Math.min(taken, capacity.takenBy(put.entry())));
            } else {
                lost |= event.key().equals(key);
                ahead.remove(event.key());
            }
        }
    }

    /** The whole queue was read; a read that is older than the enqueue's answer is ignored. */
    void read(long readRevision, List<KeyValue> found) {
        if (!isAnswered() || readRevision < answeredAt) {
            return;
        }
        if (!contains(found)) {
            lost = true;
            return;
        }
        found.forEach(this::takeLimit);
        Map<String, Long> blockers = blockers(found);
        ahead.keySet().retainAll(blockers.keySet());
        ahead.replaceAll((any, taken) -> Math.min(taken, blockers.getOrDefault(any, taken)));
        shown = fits(blockers);
        covered |= floor.isPresent() && floor.getAsLong() <= readRevision;
    }

    /** What a read showed counts for the moment only. */
    void momentIsOver() {
        shown = false;
    }

    private boolean contains(List<KeyValue> found) {
        return found.stream().anyMatch(entry -> entry.key().equals(key) && entry.createRevision() == revision);
    }

    private Map<String, Long> blockers(List<KeyValue> found) {
        Map<String, Long> blockers = new HashMap<>();
        for (KeyValue entry : queue.members(found)) {
            if (entry.createRevision() < revision) {
                blockers.put(entry.key(), capacity.takenBy(entry));
            }
        }
        return blockers;
    }

    private void takeLimit(KeyValue entry) {
        OptionalLong said = capacity.limitIn(queue, entry);
        if (said.isPresent() && entry.modRevision() >= limitRevision) {
            limit = said.getAsLong();
            limitRevision = entry.modRevision();
        }
    }

    private boolean fits(Map<String, Long> before) {
        return before.values().stream().mapToLong(Long::longValue).sum() + wanted <= limit;
    }

    Verdict verdict() {
        if (lost) {
            return Verdict.LOST;
        }
        if (!isAnswered()) {
            return Verdict.WAIT;
        }
        if (wanted > limit) {
            return Verdict.NEVER;
        }
        if (!fits(ahead)) {
            return Verdict.WAIT;
        }
        return covered || shown ? Verdict.OWN : Verdict.READ;
    }

    /** Whether the enqueue was answered, so that there is a create revision. */
    boolean isAnswered() {
        return revision > 0;
    }

    /** Whether a watch has shown everything since the answer. */
    boolean isCovered() {
        return covered;
    }

    /** Whether a watch is there that could cover what follows a read. */
    boolean isWatched() {
        return floor.isPresent();
    }

    /** How much there is, as far as known. */
    long limit() {
        return limit;
    }
}
