package io.coordination.lock;

import io.coordination.internal.Checks;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A write to the store that is applied only while a lock is held, and never after a later owner's: see {@link
 * LockHandle#guard}.
 *
 * <pre>{@code
 * long revision = lock.guard(GuardedWrite.on("ledger").put("/shop/ledger/head", head).delete("/shop/ledger/draft"));
 * }</pre>
 *
 * <p>Beside its own keys a write advances the <em>fence</em> of its resource, a value in the store that remembers the greatest
 * fencing token it has seen. So all writes to a resource must name it, and be guarded by the same lock.
 *
 * <p><b>Keys</b> are those of the store as they are given, not below the namespace; keys inside the namespace of the coordinator
 * are refused, because they are the SDK's own. Write access to them is the user's business.
 *
 * <p>Immutable and thread-safe.
 */
public final class GuardedWrite {
    private static final int MAX_KEYS = 100;

    private final String resource;
    private final Map<String, byte[]> puts;
    private final Set<String> deletes;

    private GuardedWrite(String resource, Map<String, byte[]> puts, Set<String> deletes) {
        this.resource = resource;
        this.puts = Collections.unmodifiableMap(puts);
        this.deletes = Collections.unmodifiableSet(deletes);
    }

    /**
     * A write to a resource that changes nothing yet but its fence: applied as it is, it bars all earlier owners.
     *
     * @param resource the name of what is protected; rules of lock names
     * @return a write without keys
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad name
     */
    public static GuardedWrite on(String resource) {
        return new GuardedWrite(Checks.name("resource", resource), new LinkedHashMap<>(), new TreeSet<>());
    }

    /**
     * The same write with one more key to put, without a lease.
     *
     * @param key a key of the store, at most 1,024 bytes in UTF-8
     * @param value its new value; copied
     * @return a new write
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad key, a key that this write has already, or
     *     more than 100 keys
     */
    public GuardedWrite put(String key, byte[] value) {
        Map<String, byte[]> more = new LinkedHashMap<>(puts);
        more.put(newKey(key), Checks.notNull("value", value).clone());
        return new GuardedWrite(resource, more, deletes);
    }

    /**
     * The same write with one more key to delete; a key that does not exist is no error.
     *
     * @param key a key of the store, at most 1,024 bytes in UTF-8
     * @return a new write
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} for a bad key, a key that this write has already, or
     *     more than 100 keys
     */
    public GuardedWrite delete(String key) {
        Set<String> more = new TreeSet<>(deletes);
        more.add(newKey(key));
        return new GuardedWrite(resource, puts, more);
    }

    private String newKey(@Nullable String given) {
        String key = Checks.wellFormed("key", given);
        if (key.isEmpty()) {
            throw Checks.invalid("key", key, "it must not be empty");
        }
        if (Checks.utf8Length(key) > Checks.MAX_CONFIG_KEY_BYTES) {
            throw Checks.invalid("key", key, "use at most " + Checks.MAX_CONFIG_KEY_BYTES + " bytes in UTF-8");
        }
        if (puts.containsKey(key) || deletes.contains(key)) {
            throw Checks.invalid("key", key, "a write has each key once");
        }
        if (puts.size() + deletes.size() == MAX_KEYS) {
            throw Checks.invalid("key", key, "a write has at most " + MAX_KEYS + " keys");
        }
        return key;
    }

    /**
     * The name of what is protected.
     *
     * @return the name as it was given
     */
    public String resource() {
        return resource;
    }

    /**
     * The keys to put.
     *
     * @return copies of their values
     */
    public Map<String, byte[]> puts() {
        Map<String, byte[]> copies = new LinkedHashMap<>();
        puts.forEach((key, value) -> copies.put(key, value.clone()));
        return copies;
    }

    /**
     * The keys to delete.
     *
     * @return unmodifiable
     */
    public Set<String> deletes() {
        return deletes;
    }

    /**
     * The resource and the number of keys; never values.
     *
     * @return a line for logs
     */
    @Override
    public String toString() {
        return "GuardedWrite[resource=" + resource + ", puts=" + puts.size() + ", deletes=" + deletes.size() + "]";
    }
}
