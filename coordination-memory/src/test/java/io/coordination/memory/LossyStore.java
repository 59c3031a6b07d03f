package io.coordination.memory;

import io.coordination.CoordinationException;
import io.coordination.Watch;
import io.coordination.store.KeyRange;
import io.coordination.store.Store;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.List;

/** A store that breaks the rule: its watches lose revisions without saying so, while the test wants that. */
final class LossyStore extends ForwardingStore {

    private volatile boolean losing;
    private volatile boolean honest;

    LossyStore(Store store) {
        super(store);
    }

    /** What happens in the store is heard by nobody. */
    void unheard(Runnable changes) {
        losing = true;
        changes.run();
        losing = false;
    }

    /** From now on it says that it loses nothing. */
    void claimsToLoseNothing() {
        honest = true;
    }

    @Override
    public boolean losesWatchEvents() {
        return !honest;
    }

    @Override
    public Watch watch(KeyRange keys, long fromRevision, WatchListener listener) {
        return super.watch(keys, fromRevision, new WatchListener() {
            @Override
            public void onOpened(long revision) {
                listener.onOpened(revision);
            }

            @Override
            public void onRevision(long revision, List<WatchEvent> events) {
                if (!losing) {
                    listener.onRevision(revision, events);
                }
            }

            @Override
            public void onProgress(long revision) {
                listener.onProgress(revision);
            }

            @Override
            public void onInterrupted(CoordinationException cause) {
                listener.onInterrupted(cause);
            }

            @Override
            public void onHistoryLost(long firstRevision) {
                listener.onHistoryLost(firstRevision);
            }
        });
    }
}
