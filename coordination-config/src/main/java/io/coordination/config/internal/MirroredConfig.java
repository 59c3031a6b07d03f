package io.coordination.config.internal;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.config.ConfigBatch;
import io.coordination.config.ConfigCenter;
import io.coordination.config.ConfigEntry;
import io.coordination.config.ConfigEvent;
import io.coordination.config.TypeRef;
import io.coordination.config.Version;
import io.coordination.internal.Checks;
import io.coordination.store.Blocking;
import io.coordination.store.Environment;
import io.coordination.store.ListenerCalls;
import io.coordination.store.mirror.MirrorState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The configuration centre over a store. Thread-safe.
 *
 * <p>Reads and watches stand on one mirror of the whole configuration, opened at the first of them; while the server
 * cannot be reached they go on with the last state. Writes are transactions guarded by the state they replace, see {@link
 * GuardedPut} and {@link GuardedDelete}; they return when reads show them, so that every caller reads its own writes.
 */
public final class MirroredConfig implements ConfigCenter, AutoCloseable {

    private final Environment env;
    private final KeyNames names;
    private final Calls calls;
    private final ListenerCalls listeners;
    private final View view;
    private final Settling settling;

    /** A configuration centre; sends nothing until it is used. */
    public MirroredConfig(Environment env) {
        this.env = env;
        this.names = new KeyNames(env.keys());
        this.calls = new Calls(env.time(), env.options().requestTimeout());
        this.listeners = ListenerCalls.of(env);
        this.view = new View(env, names, calls);
        this.settling = new Settling(env.store(), view);
    }

    @Override
    public <T> Optional<T> get(String key, Class<T> type) {
        return value(key, Wanted.of(type));
    }

    @Override
    public <T> Optional<T> get(String key, TypeRef<T> type) {
        return value(key, Wanted.of(type));
    }

    private <T> Optional<T> value(String key, Wanted<T> type) {
        calls.checkOpen();
        View.Slot slot = view.slot(key);
        return slot.value(stateNow(slot), type);
    }

    @Override
    public <T> Optional<ConfigEntry<T>> entry(String key, Class<T> type) {
        return entryOf(key, Wanted.of(type));
    }

    @Override
    public <T> Optional<ConfigEntry<T>> entry(String key, TypeRef<T> type) {
        return entryOf(key, Wanted.of(type));
    }

    private <T> Optional<ConfigEntry<T>> entryOf(String key, Wanted<T> type) {
        calls.checkOpen();
        View.Slot slot = view.slot(key);
        return slot.entry(stateNow(slot), type);
    }

    private MirrorState stateNow(View.Slot slot) {
        MirrorState state = view.stateIfLoaded();
        return state == null ? await(load(slot.reading())) : state;
    }

    private Call<MirrorState> load(String what) {
        Call<MirrorState> call = calls.begin(what);
        call.await(view.loaded(), call::complete, call::fail);
        return call;
    }

    @Override
    public Version set(String key, Object value) {
        return await(startSet(key, value));
    }

    @Override
    public Version compareAndSet(String key, Version expected, Object value) {
        return await(startCompareAndSet(key, expected, value));
    }

    @Override
    public boolean delete(String key) {
        return await(startDelete(key));
    }

    @Override
    public List<String> list(String prefix) {
        calls.checkOpen();
        String checked = Checks.configPrefix("prefix", prefix);
        MirrorState state = view.stateIfLoaded();
        return view.list(state == null ? await(load(listing(checked))) : state, checked);
    }

    private static String listing(String prefix) {
        return "listing config prefix '" + prefix + "'";
    }

    @Override
    public <T> Watch watch(String key, Class<T> type, Consumer<ConfigEvent<T>> listener) {
        return watchKey(key, Wanted.of(type), listener);
    }

    @Override
    public <T> Watch watch(String key, TypeRef<T> type, Consumer<ConfigEvent<T>> listener) {
        return watchKey(key, Wanted.of(type), listener);
    }

    private <T> Watch watchKey(String key, Wanted<T> type, Consumer<ConfigEvent<T>> listener) {
        calls.checkOpen();
        String storeKey = names.storeKey(Checks.configKey("key", key));
        return follow(new KeyTopic<>(key, storeKey, type, env.time(), Checks.notNull("listener", listener)));
    }

    @Override
    public <T> Watch watchPrefix(String prefix, Class<T> type, Consumer<ConfigBatch<T>> listener) {
        return watchAll(prefix, Wanted.of(type), listener);
    }

    @Override
    public <T> Watch watchPrefix(String prefix, TypeRef<T> type, Consumer<ConfigBatch<T>> listener) {
        return watchAll(prefix, Wanted.of(type), listener);
    }

    private <T> Watch watchAll(String prefix, Wanted<T> type, Consumer<ConfigBatch<T>> listener) {
        calls.checkOpen();
        String checked = Checks.configPrefix("prefix", prefix);
        return follow(new PrefixTopic<>(checked, names, type, env.time(), Checks.notNull("listener", listener)));
    }

    private Watch follow(Following.Topic<?> topic) {
        return Following.begin(topic, view.mirror(), calls, listeners);
    }

    @Override
    public <T> CompletableFuture<Optional<T>> getAsync(String key, Class<T> type) {
        return readAsync(key, () -> Wanted.of(type), View.Slot::value);
    }

    @Override
    public <T> CompletableFuture<Optional<T>> getAsync(String key, TypeRef<T> type) {
        return readAsync(key, () -> Wanted.of(type), View.Slot::value);
    }

    @Override
    public <T> CompletableFuture<Optional<ConfigEntry<T>>> entryAsync(String key, Class<T> type) {
        return readAsync(key, () -> Wanted.of(type), View.Slot::entry);
    }

    @Override
    public <T> CompletableFuture<Optional<ConfigEntry<T>>> entryAsync(String key, TypeRef<T> type) {
        return readAsync(key, () -> Wanted.of(type), View.Slot::entry);
    }

    /** How a slot is read. */
    @FunctionalInterface
    private interface Reading<T, R> {
        R read(View.Slot slot, MirrorState state, Wanted<T> type);
    }

    private <T, R> CompletableFuture<R> readAsync(String key, Supplier<Wanted<T>> type, Reading<T, R> reading) {
        return checked(() -> {
            Wanted<T> wanted = type.get();
            calls.checkOpen();
            View.Slot slot = view.slot(key);
            return whenLoaded(slot.reading(), state -> reading.read(slot, state, wanted));
        });
    }

    @Override
    public CompletableFuture<Version> setAsync(String key, Object value) {
        return handOver(() -> startSet(key, value));
    }

    @Override
    public CompletableFuture<Version> compareAndSetAsync(String key, Version expected, Object value) {
        return handOver(() -> startCompareAndSet(key, expected, value));
    }

    @Override
    public CompletableFuture<Boolean> deleteAsync(String key) {
        return handOver(() -> startDelete(key));
    }

    @Override
    public CompletableFuture<List<String>> listAsync(String prefix) {
        return checked(() -> {
            calls.checkOpen();
            String whole = Checks.configPrefix("prefix", prefix);
            return whenLoaded(listing(whole), state -> view.list(state, whole));
        });
    }

    private <R> CompletableFuture<R> whenLoaded(String what, Function<MirrorState, R> step) {
        MirrorState state = view.stateIfLoaded();
        return state == null
                ? Handover.to(env.callbacks(), load(what).result(), what, step)
                : Handover.now(what, () -> step.apply(state));
    }

    private <T> CompletableFuture<T> handOver(Supplier<Call<T>> start) {
        return checked(() -> {
            Call<T> call = start.get();
            return Handover.to(env.callbacks(), call.result(), call.what(), Function.identity());
        });
    }

    private static <T> CompletableFuture<T> checked(Supplier<CompletableFuture<T>> start) {
        try {
            return start.get();
        } catch (CoordinationException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T> T await(Call<T> call) {
        return Blocking.await(call.result(), call.what());
    }

    private Call<Version> startSet(String key, Object value) {
        calls.checkOpen();
        GuardedPut.Target target = target(key, value);
        Call<Version> call = calls.begin("setting config key '" + key + "'");
        GuardedPut put = new GuardedPut(settling, attempts(), call, target, GuardedPut.OnConflict.AGAIN);
        if (view.isLoaded()) {
            put.over(Guard.of(target.key(), view.lastKnown(target.key())));
        } else {
            put.overPresent();
        }
        return call;
    }

    private Call<Version> startCompareAndSet(String key, Version expected, Object value) {
        calls.checkOpen();
        Checks.notNull("expected", expected);
        GuardedPut.Target target = target(key, value);
        Call<Version> call = calls.begin("replacing config key '" + key + "'");
        new GuardedPut(settling, attempts(), call, target, GuardedPut.OnConflict.FAIL)
                .over(Guard.of(target.key(), expected, view.lastKnown(target.key())));
        return call;
    }

    private Call<Boolean> startDelete(String key) {
        calls.checkOpen();
        String storeKey = names.storeKey(Checks.configKey("key", key));
        Call<Boolean> call = calls.begin("deleting config key '" + key + "'");
        new GuardedDelete(settling, call, storeKey).start();
        return call;
    }

    private GuardedPut.Target target(String key, Object value) {
        String storeKey = names.storeKey(Checks.configKey("key", key));
        String op = UUID.randomUUID().toString().replace("-", "");
        return new GuardedPut.Target(storeKey, ValueCodec.encode(value, op), op);
    }

    private int attempts() {
        return env.options().retry().maxAttempts();
    }

    /** Ends all watches and completes all futures with {@code CLOSED}. Idempotent, does not block. */
    @Override
    public void close() {
        calls.close();
        view.close();
    }
}
