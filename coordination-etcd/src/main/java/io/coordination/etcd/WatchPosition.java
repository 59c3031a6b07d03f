package io.coordination.etcd;

import io.etcd.jetcd.api.WatchResponse;
import java.util.List;

/**
 * Which revision a watch has to deliver next. Confined to the serial executor of all watches.
 *
 * <p>The answer that a watch exists does not move it: its header names the store's revision, and changes before that may
 * still be on their way. The one exception is a watch "from now", whose start it is.
 */
final class WatchPosition {

    private final RevisionAssembly assembly = new RevisionAssembly();
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

    /** The revisions that a response completes and that were not delivered before, in order. */
    List<Revision> advance(WatchResponse response) {
        List<Revision> revisions = assembly.take(response, next);
        if (!revisions.isEmpty()) {
            long last = revisions.get(revisions.size() - 1).number();
            next = last + 1;
            see(last);
        }
        return revisions;
    }

    /** The stream is gone, and the rest of an unfinished revision with it: it comes again, whole. */
    void interrupted() {
        assembly.abandon();
    }

    /** The server says that everything up to a revision was sent. Whether that is news. */
    boolean progressed(long revision) {
        if (assembly.isOpen()) {
            return false;
        }
        boolean news = revision + 1 >= next;
        next = Math.max(next, revision + 1);
        see(revision);
        return news;
    }
}
