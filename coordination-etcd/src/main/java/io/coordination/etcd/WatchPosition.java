package io.coordination.etcd;

import io.coordination.store.WatchEvent;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * Which revision a watch has to deliver next. Confined to the watch's serial executor.
 *
 * <p>The answer that a watch exists does not move it: its header names the store's revision, and changes before that may
 * still be on their way. The one exception is a watch "from now", whose start it is.
 */
final class WatchPosition {

    /** All changes of one revision. */
    record Revision(long number, List<WatchEvent> events) {}

    private long next;
    private long seen;
    private long clusterId;

    WatchPosition(long fromRevision) {
        this.next = fromRevision;
    }

    /** What to ask the server for; 0 for "from now". */
    long next() {
        return next;
    }

    /** The server has the watch; {@code revision} is where its store stood. */
    void opened(long revision) {
        see(revision);
        if (next == 0) {
            next = revision + 1;
        }
    }

    private void see(long revision) {
        seen = Math.max(seen, revision);
    }

    /** Whether the store was at a revision once. */
    boolean hasSeen(long revision) {
        return seen >= revision;
    }

    /** Whether the answer comes from another cluster than the ones before, whose revisions mean nothing here. */
    boolean isForeign(long answeringClusterId) {
        boolean foreign = clusterId != 0 && answeringClusterId != 0 && clusterId != answeringClusterId;
        clusterId = answeringClusterId == 0 ? clusterId : answeringClusterId;
        return foreign;
    }

    /** The revisions of a response that were not delivered before, in order. A response never holds part of a revision. */
    List<Revision> advance(WatchResponse response) {
        List<Revision> revisions = new ArrayList<>();
        List<WatchEvent> events = new ArrayList<>();
        long number = 0;
        for (Event event : response.getEventsList()) {
            long revision = event.getKv().getModRevision();
            if (revision < next) {
                continue;
            }
            if (revision != number && !events.isEmpty()) {
                revisions.add(new Revision(number, List.copyOf(events)));
                events.clear();
            }
            number = revision;
            events.add(WireFormat.event(event));
        }
        if (!events.isEmpty()) {
            revisions.add(new Revision(number, List.copyOf(events)));
            next = number + 1;
            see(number);
        }
        return revisions;
    }

    /** Everything up to a revision was delivered. Whether that is news. */
    boolean progressed(long revision) {
        boolean news = revision + 1 >= next;
        next = Math.max(next, revision + 1);
        see(revision);
        return news;
    }
}
