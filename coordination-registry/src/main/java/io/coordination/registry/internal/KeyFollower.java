package io.coordination.registry.internal;

import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.SerialExecutor;
import io.coordination.store.Store;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the key of one registration from one claim to the next. Confined to the executor of its registration, where it
 * also tells what it hears; after {@link #stop()} it tells nothing more of what it heard before.
 */
final class KeyFollower {

    private final Store store;
    private final KeyRange key;
    private final SerialExecutor serial;
    private final Consumer<WatchEvent> onChange;
    private final Runnable onGap;
    private @Nullable Watch watch;
    private @Nullable Hearing current;

    /**
     * A follower that does not follow yet.
     *
     * @param onChange told the last change of each revision
     * @param onGap runs when changes were missed; nothing is followed then
     */
    KeyFollower(Store store, KeyRange key, SerialExecutor serial, Consumer<WatchEvent> onChange, Runnable onGap) {
        this.store = store;
        this.key = key;
        this.serial = serial;
        this.onChange = onChange;
        this.onGap = onGap;
    }

    void follow(long fromRevision) {
        stop();
        Hearing hearing = new Hearing();
        current = hearing;
        watch = store.watch(key, fromRevision, hearing);
    }

    void stop() {
        current = null;
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    /** What comes from one watch. */
    private final class Hearing implements WatchListener {

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            WatchEvent last = events.get(events.size() - 1);
            tell(() -> onChange.accept(last));
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            tell(onGap);
        }

        private void tell(Runnable news) {
            serial.execute(() -> {
                if (current == this) {
                    news.run();
                }
            });
        }
    }
}
