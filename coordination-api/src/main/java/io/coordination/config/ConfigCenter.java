package io.coordination.config;

import io.coordination.Watch;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Typed configuration values under hierarchical keys.
 *
 * <pre>{@code
 * config.set("orders/limit", 100);
 * int limit = config.get("orders/limit", Integer.class).orElse(50);
 * List<String> hosts = config.get("hosts", new TypeRef<List<String>>() {}).orElse(List.of());
 * }</pre>
 *
 * <p><b>Keys</b> are segments separated by {@code /}, without one at either end; a segment is not empty, not {@code .} or
 * {@code ..}, and has no control characters and no white space at its ends; a key has at most 1,024 bytes in UTF-8.
 *
 * <p><b>Values</b> are strings, numbers, booleans, byte arrays, records and other classes that map to JSON, and lists and maps
 * of them. A string that was set is the same string when read, also when it looks like a number.
 *
 * <p><b>Watches.</b> For one listener: the first event or batch shows the present state; revisions strictly increase; all keys
 * of one change set come in one batch; calls never overlap; intermediate values may be skipped, the last one never is; after a
 * gap, the loss of the connection or a compaction it is told the difference, removals included; a value that does not decode is
 * reported as {@link ConfigEvent.Unreadable} and ends nothing. Between listeners there is no order. After
 * {@link Watch#close()} returned no call starts. A listener that throws is logged and goes on; one that blocks delays only
 * itself, and when more than 1,000 events wait for it, it is told the difference to the newest state instead. Listeners run on the callback executor.
 *
 * <p>Thread-safe. Blocking methods block at most for the request timeout; an interrupt ends them with {@code CANCELLED}. Every
 * method throws a {@link io.coordination.CoordinationException}: {@code VALIDATION_ERROR} for a bad argument,
 * {@code SERIALIZATION_ERROR} when a value does not fit the type, {@code CONNECTION_ERROR}, {@code TIMEOUT_ERROR},
 * {@code SERVICE_UNAVAILABLE} or {@code PERMISSION_DENIED} when the server cannot be asked, {@code CLOSED} after the coordinator
 * was closed. For a write, look at {@link io.coordination.CoordinationException#outcomeUnknown()}. The asynchronous forms fail
 * with the same exceptions.
 *
 * @apiNote Implemented by this SDK alone; methods may be added. For tests use an endpoint such as {@code memory:test}.
 */
public interface ConfigCenter {
    /**
     * Reads a value.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return the value, or empty when the key does not exist
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Optional<T> get(String key, Class<T> type);

    /**
     * Reads a value of a type with type arguments.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return the value, or empty when the key does not exist
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Optional<T> get(String key, TypeRef<T> type);

    /**
     * Reads a value with its version.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return the entry, or empty when the key does not exist
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Optional<ConfigEntry<T>> entry(String key, Class<T> type);

    /**
     * Reads a value of a type with type arguments, with its version.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return the entry, or empty when the key does not exist
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Optional<ConfigEntry<T>> entry(String key, TypeRef<T> type);

    /**
     * Writes a value, whatever was there before.
     *
     * @param key the key
     * @param value the value
     * @return the version it got
     * @throws io.coordination.CoordinationException {@code VALIDATION_ERROR} also for a value of more than 1 MiB, and for the
     *     reasons above
     */
    Version set(String key, Object value);

    /**
     * Writes a value if the stored one has the expected version.
     *
     * @param key the key
     * @param expected the version that must be stored; {@link Version#ABSENT} when the key must not exist
     * @param value the value
     * @return the version it got
     * @throws io.coordination.ConflictException when another version is stored, which
     *     {@link io.coordination.ConflictException#current()} tells; nothing is written
     * @throws io.coordination.CoordinationException as {@link #set(String, Object)}
     */
    Version compareAndSet(String key, Version expected, Object value);

    /**
     * Removes a value.
     *
     * @param key the key
     * @return false when the key did not exist
     * @throws io.coordination.CoordinationException for the reasons above
     */
    boolean delete(String key);

    /**
     * The keys under a prefix: {@code list("app")} finds {@code app/name} but neither {@code apple} nor {@code app} itself.
     *
     * @param prefix whole segments, {@code /} at the end may be left out; empty for all keys
     * @return the keys as {@link #get(String, Class)} takes them, sorted, unmodifiable
     * @throws io.coordination.CoordinationException for the reasons above
     */
    List<String> list(String prefix);

    /**
     * Tells a listener a value, then every later state.
     *
     * @param <T> the type of the value
     * @param key the key; it need not exist
     * @param type the type to read it as
     * @param listener told the events, one at a time
     * @return the handle that ends the watch
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Watch watch(String key, Class<T> type, Consumer<ConfigEvent<T>> listener);

    /**
     * Tells a listener a value of a type with type arguments, then every later state.
     *
     * @param <T> the type of the value
     * @param key the key; it need not exist
     * @param type the type to read it as
     * @param listener told the events, one at a time
     * @return the handle that ends the watch
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Watch watch(String key, TypeRef<T> type, Consumer<ConfigEvent<T>> listener);

    /**
     * Tells a listener all values under a prefix, then every later change set as one batch.
     *
     * @param <T> the type of the values
     * @param prefix whole segments as for {@link #list(String)}; empty for all keys
     * @param type the type to read them as
     * @param listener told the batches, one at a time
     * @return the handle that ends the watch
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Watch watchPrefix(String prefix, Class<T> type, Consumer<ConfigBatch<T>> listener);

    /**
     * Tells a listener all values under a prefix of a type with type arguments, then every later change set as one batch.
     *
     * @param <T> the type of the values
     * @param prefix whole segments as for {@link #list(String)}; empty for all keys
     * @param type the type to read them as
     * @param listener told the batches, one at a time
     * @return the handle that ends the watch
     * @throws io.coordination.CoordinationException for the reasons above
     */
    <T> Watch watchPrefix(String prefix, TypeRef<T> type, Consumer<ConfigBatch<T>> listener);

    /**
     * {@link #get(String, Class)} without blocking.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return a future of the value, or of empty when the key does not exist
     */
    <T> CompletableFuture<Optional<T>> getAsync(String key, Class<T> type);

    /**
     * {@link #get(String, TypeRef)} without blocking.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return a future of the value, or of empty when the key does not exist
     */
    <T> CompletableFuture<Optional<T>> getAsync(String key, TypeRef<T> type);

    /**
     * {@link #entry(String, Class)} without blocking.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return a future of the entry, or of empty when the key does not exist
     */
    <T> CompletableFuture<Optional<ConfigEntry<T>>> entryAsync(String key, Class<T> type);

    /**
     * {@link #entry(String, TypeRef)} without blocking.
     *
     * @param <T> the type of the value
     * @param key the key
     * @param type the type to read it as
     * @return a future of the entry, or of empty when the key does not exist
     */
    <T> CompletableFuture<Optional<ConfigEntry<T>>> entryAsync(String key, TypeRef<T> type);

    /**
     * {@link #set(String, Object)} without blocking. The value is turned into bytes before this returns.
     *
     * @param key the key
     * @param value the value
     * @return a future of the version it got
     */
    CompletableFuture<Version> setAsync(String key, Object value);

    /**
     * {@link #compareAndSet(String, Version, Object)} without blocking. The value is turned into bytes before this returns.
     *
     * @param key the key
     * @param expected the version that must be stored; {@link Version#ABSENT} when the key must not exist
     * @param value the value
     * @return a future of the version it got
     */
    CompletableFuture<Version> compareAndSetAsync(String key, Version expected, Object value);

    /**
     * {@link #delete(String)} without blocking.
     *
     * @param key the key
     * @return a future of whether the key existed
     */
    CompletableFuture<Boolean> deleteAsync(String key);

    /**
     * {@link #list(String)} without blocking.
     *
     * @param prefix whole segments; empty for all keys
     * @return a future of the keys
     */
    CompletableFuture<List<String>> listAsync(String prefix);
}
