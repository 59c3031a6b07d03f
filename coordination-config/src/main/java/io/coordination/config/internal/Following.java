package io.coordination.config.internal;

import io.coordination.Watch;
import io.coordination.store.ListenerCalls;
import io.coordination.store.ListenerQueue;
import io.coordination.store.ListenerTarget;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The way from the mirror to one listener: on the engine's thread it picks what concerns the listener, on the callback
 * executor it decodes that and calls the listener. Decoding runs constructors of the user and is therefore part of the
 * callback.
 *
 * @param <S> what is picked
 */
final class Following<S> implements MirrorListener, Watch {

    private final Topic<S> topic;
    private final Mirror mirror;
    private final Calls calls;
    private final ListenerQueue<S> queue;
    private final AtomicReference<@Nullable Watch> subscription = new AtomicReference<>();

    /**
     * What a listener follows.
     *
     * @param <S> what is picked
     */
    interface Topic<S> extends ListenerTarget<S> {
        /** What the first state says about it. Short: runs on the engine's thread. */
        S first(MirrorState state);

        /**
         * What a change says about it, if it does. Short: runs on the engine's thread.
         *
         * @param after the state that the change led to
         */
        Optional<S> next(MirrorChange change, MirrorState after);
    }

    private Following(Topic<S> topic, Mirror mirror, Calls calls, ListenerCalls callbacks) {
        this.topic = topic;
        this.mirror = mirror;
        this.calls = calls;
        this.queue = new ListenerQueue<>(callbacks, topic, this::leave);
    }

    /** Begins to follow. */
    static <S> Watch begin(Topic<S> topic, Mirror mirror, Calls calls, ListenerCalls callbacks) {
        Following<S> following = new Following<>(topic, mirror, calls, callbacks);
        following.subscription.set(mirror.subscribe(following));
        calls.add(following);
        if (following.isClosed()) {
            following.leave();
        }
        return following;
    }

    @Override
    public void onSnapshot(MirrorState state) {
        queue.deliver(topic.first(state));
    }

    @Override
    public void onChange(MirrorChange change) {
        topic.next(change, mirror.state()).ifPresent(queue::deliver);
    }

    @Override
    public void close() {
        queue.close();
    }

    @Override
    public boolean isClosed() {
        return queue.isClosed();
    }

    private void leave() {
        calls.remove(this);
        Watch subscribed = subscription.get();
        if (subscribed != null) {
            subscribed.close();
        }
    }
}
