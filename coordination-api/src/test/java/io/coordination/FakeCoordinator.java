package io.coordination;

import io.coordination.config.ConfigCenter;
import io.coordination.lock.DistributedLock;
import io.coordination.registry.ServiceRegistry;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A coordinator that remembers what was called on it and answers nothing. */
final class FakeCoordinator implements Coordinator {
    final List<String> calls = new CopyOnWriteArrayList<>();
    final AtomicInteger closes = new AtomicInteger();
    private final Runnable onClose;
    private volatile ConnectionState state = ConnectionState.CONNECTED;

    FakeCoordinator() {
        this(() -> {});
    }

    FakeCoordinator(Runnable onClose) {
        this.onClose = onClose;
    }

    @Override
    public DistributedLock lock() {
        return recorder("lock", DistributedLock.class);
    }

    @Override
    public ServiceRegistry registry() {
        return recorder("registry", ServiceRegistry.class);
    }

    @Override
    public ConfigCenter config() {
        return recorder("config", ConfigCenter.class);
    }

    private <T> T recorder(String name, Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            calls.add(name + "." + method.getName() + Arrays.toString(args));
            return emptyAnswer(method);
        }));
    }

    private static Object emptyAnswer(Method method) {
        Class<?> type = method.getReturnType();
        if (type == boolean.class) {
            return true;
        }
        if (type == Optional.class) {
            return Optional.empty();
        }
        return type == List.class ? List.of() : null;
    }

    @Override
    public Coordinator module(String name) {
        calls.add("module[" + name + "]");
        return this;
    }

    @Override
    public ConnectionState state() {
        return state;
    }

    @Override
    public Watch onState(Consumer<ConnectionState> listener) {
        throw new UnsupportedOperationException("not needed here");
    }

    @Override
    public void ping() {
        calls.add("ping");
    }

    @Override
    public void close() {
        closes.incrementAndGet();
        onClose.run();
        state = ConnectionState.CLOSED;
    }
}
