package io.coordination.lock.internal;

import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The queue of one lock in the store: keys {@code <lease, 16 hex digits>-<attempt>} below the lock's prefix. Anything
 * else below it is not in the queue.
 */
record QueueKeys(String prefix) {

    private static final Pattern MEMBER = Pattern.compile("[0-9a-f]{16}-[0-9]+");

    /** All that begins with a hexadecimal digit: the queue without what is stored beside it, such as limits. */
    KeyRange range() {
        return new KeyRange(prefix + '0', prefix + 'g');
    }

    boolean isMember(String key) {
        return key.startsWith(prefix)
                && MEMBER.matcher(key.substring(prefix.length())).matches();
    }

    List<KeyValue> members(List<KeyValue> found) {
        return found.stream().filter(entry -> isMember(entry.key())).toList();
    }
}
