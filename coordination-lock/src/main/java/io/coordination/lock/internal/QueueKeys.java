package io.coordination.lock.internal;

import io.coordination.lock.internal.queue.QueueChange;
import io.coordination.lock.internal.queue.QueueEntry;
import io.coordination.lock.internal.queue.QueueView;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.WatchEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * The queue of one lock in the store: keys {@code <lease, 16 hex digits>-<attempt>} below the lock's prefix. Anything
 * else below it is not in the queue.
 */
record QueueKeys(String prefix) {

    private static final int LEASE_DIGITS = 16;

    /** All that begins with a hexadecimal digit: the queue without what is stored beside it, such as limits. */
    KeyRange range() {
        return new KeyRange(prefix + '0', prefix + 'g');
    }

    boolean isMember(String key) {
        int lease = prefix.length();
        int attempt = lease + LEASE_DIGITS + 1;
        return key.length() > attempt
                && key.startsWith(prefix)
                && key.charAt(attempt - 1) == '-'
                && areDigits(key, lease, attempt - 1, 16)
                && areDigits(key, attempt, key.length(), 10);
    }

    private static boolean areDigits(String key, int from, int to, int radix) {
        for (int i = from; i < to; i++) {
            char c = key.charAt(i);
            boolean digit = (c >= '0' && c <= '9') || (radix == 16 && c >= 'a' && c <= 'f');
            if (!digit) {
                return false;
            }
        }
        return true;
    }

    List<KeyValue> members(List<KeyValue> found) {
        return found.stream().filter(entry -> isMember(entry.key())).toList();
    }

    /** What was read below the lock, as a queue. */
    QueueView view(long revision, List<KeyValue> found) {
        List<QueueEntry> entries = new ArrayList<>(found.size());
        for (KeyValue entry : found) {
            if (isMember(entry.key())) {
                entries.add(entry(entry));
            }
        }
        return new QueueView(revision, entries);
    }

    /** What happened to the keys of the queue. */
    List<QueueChange> changes(List<WatchEvent> events) {
        List<QueueChange> changes = new ArrayList<>(events.size());
        for (WatchEvent event : events) {
            if (isMember(event.key())) {
                changes.add(
                        new QueueChange(event.key(), event instanceof WatchEvent.Put put ? entry(put.entry()) : null));
            }
        }
        return changes;
    }

    private static QueueEntry entry(KeyValue entry) {
        Membership.Terms terms = Membership.termsOf(entry.value());
        return new QueueEntry(entry.key(), entry.createRevision(), terms.mode(), terms.retaining());
    }
}
