package io.coordination.lock.internal;

import io.coordination.store.KeyValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known about one key's position in a queue, and when it follows that the key owns the lock. Pure: no I/O, no
 * clock, no thread.
 *
 * <p>The enqueue's answer is exact: at its revision {@code h} the keys with smaller create revisions are ahead. Keys made
 * later never are, so the set only shrinks: by a DELETE after {@code h}, or because a later read does not show a key. When
 * it is empty, and nothing has deleted our own key, we own, and go on owning until our key is deleted. Hence a late,
 * repeated or missing event delays but never errs, with one exception: the DELETE of our own key. That is why an empty set
 * counts only while the watch has covered every revision since {@code h}, or right after a read that showed our key first.
 *
 * <p>Two rules that look like details and are not: events at or before {@code h} say nothing (a key may have been made
 * again since), and DELETEs that arrive while the enqueue is under way must be kept until its answer comes (nobody repeats
 * them).
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

    private final String key;
    private final Set<String> ahead = new HashSet<>();
    private final Map<String, Long> deletedSinceSent = new HashMap<>();
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
    QueuePosition(String key, boolean watched) {
        this.key = key;
        this.watched = watched;
    }

    /** The enqueue was answered: our create revision, the revision of the answer, the queue at it, the watch's floor. */
    void answered(long createRevision, long answerRevision, List<KeyValue> queue, long floor) {
        revision = createRevision;
        answeredAt = answerRevision;
        for (KeyValue entry : queue) {
            if (blocks(entry) && deletedSinceSent.getOrDefault(entry.key(), 0L) <= answerRevision) {
                ahead.add(entry.key());
            }
        }
        lost = deletedSinceSent.getOrDefault(key, 0L) > answerRevision;
        deletedSinceSent.clear();
        covered = watched && answerRevision >= floor;
        shownFirst = queue.stream().noneMatch(this::blocks);
    }

    /** A key of the queue was deleted. */
    void deleted(String deletedKey, long at) {
        if (!isAnswered()) {
            deletedSinceSent.merge(deletedKey, at, Math::max);
        } else if (at > answeredAt) {
            lost |= deletedKey.equals(key);
            ahead.remove(deletedKey);
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
     * @param readRevision the revision of the read; an older one than the enqueue's answer is ignored
     * @param live whether a watch was live when the read was sent, and still is
     * @param floor the watch's floor
     */
    void read(long readRevision, List<KeyValue> queue, boolean live, long floor) {
        if (!isAnswered() || readRevision < answeredAt) {
            return;
        }
        if (queue.stream().noneMatch(e -> e.key().equals(key) && e.createRevision() == revision)) {
            lost = true;
            return;
        }
        Set<String> blockers = new HashSet<>();
        queue.stream().filter(this::blocks).forEach(entry -> blockers.add(entry.key()));
        ahead.retainAll(blockers);
        shownFirst = blockers.isEmpty();
        covered |= live && readRevision >= floor;
    }

    private boolean blocks(KeyValue entry) {
        return entry.createRevision() < revision;
    }

    Verdict verdict() {
        if (lost) {
            return Verdict.LOST;
        }
        if (!isAnswered() || !ahead.isEmpty()) {
            return Verdict.WAIT;
        }
        return covered || shownFirst ? Verdict.OWN : Verdict.READ;
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
}
