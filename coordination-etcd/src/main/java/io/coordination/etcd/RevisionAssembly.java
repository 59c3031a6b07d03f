package io.coordination.etcd;

import io.coordination.store.WatchEvent;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts whole revisions together from the responses of one watch, of which each may be a fragment. A revision is whole when
 * a later one follows or the last fragment has come, so only one is ever held back.
 */
final class RevisionAssembly {

    private static final int EVENT_OVERHEAD = 200;

    private List<WatchEvent> events = new ArrayList<>();
    private long number;
    private long bytes;
    private boolean open;

    /** The revisions that a response makes whole, in order; what lies before a revision is skipped. */
    List<Revision> take(WatchResponse response, long from) {
        List<Revision> whole = new ArrayList<>();
        for (Event event : response.getEventsList()) {
            KeyValue entry = event.getKv();
            if (entry.getModRevision() < from) {
                continue;
            }
            if (entry.getModRevision() != number) {
                finish(whole);
                number = entry.getModRevision();
            }
            events.add(WireFormat.event(event));
            bytes += EVENT_OVERHEAD + entry.getKey().size() + entry.getValue().size();
        }
        open = WatchWire.hasMore(response);
        if (!open) {
            finish(whole);
        }
        return whole;
    }

    private void finish(List<Revision> whole) {
        if (!events.isEmpty()) {
            whole.add(new Revision(number, List.copyOf(events), bytes));
        }
        forget();
    }

    private void forget() {
        events = new ArrayList<>();
        bytes = 0;
        number = 0;
    }

    /** Whether fragments are still to come: until then nothing says how far the watch is. */
    boolean isOpen() {
        return open;
    }

    /** Drops what came of an unfinished response: the rest will not follow. */
    void abandon() {
        open = false;
        forget();
    }
}
