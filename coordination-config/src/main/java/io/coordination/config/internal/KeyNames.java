package io.coordination.config.internal;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import io.coordination.store.Keys;
import java.util.Optional;

/**
 * The two names of an entry: the key that users write and the key in the store. Entries that other tools put under names
 * that users cannot write are invisible. Immutable.
 */
final class KeyNames {

    private final Keys keys;

    KeyNames(Keys keys) {
        this.keys = keys;
    }

    /** The prefix of everything in the store. */
    String root() {
        return keys.configPrefix();
    }

    /** The key in the store of a valid key. */
    String storeKey(String key) {
        return keys.configKey(key);
    }

    /** The prefix in the store of a valid prefix: whole segments, or empty. */
    String storePrefix(String prefix) {
        return keys.configPrefix(prefix);
    }

    /** The key of an entry, when it lies under a {@linkplain #storePrefix prefix in the store}. */
    Optional<String> under(String storePrefix, String storeKey) {
        if (!storeKey.startsWith(storePrefix)) {
            return Optional.empty();
        }
        return keys.configName(storeKey)
                .filter(name -> isWritable(name) && storeKey(name).equals(storeKey));
    }

    private static boolean isWritable(String name) {
        try {
            Checks.configKey("key", name);
            return true;
        } catch (CoordinationException e) {
            return false;
        }
    }
}
