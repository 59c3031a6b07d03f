package io.coordination.lock.internal.model;

import io.coordination.lock.internal.queue.QueueView;

/**
 * What the server says to a call.
 *
 * @param succeeded whether the compares held
 * @param leaseMissing whether nothing was applied because the lease is gone
 * @param created the create revision of the key that was asked for; 0 when it does not exist
 * @param fence how often the fence was written; 0 when it does not exist
 * @param queue the queue at the revision of the answer
 */
record Answer(boolean succeeded, boolean leaseMissing, long created, long fence, QueueView queue) {

    long revision() {
        return queue.revision();
    }

    @Override
    public String toString() {
        String result =
                leaseMissing ? "lease missing" : succeeded ? "done" : "not done, key@" + created + " fence@" + fence;
        return result + " at " + queue.revision() + " "
                + queue.entries().stream()
                        .map(entry -> entry.key() + "@" + entry.createRevision()
                                + entry.mode().text())
                        .toList();
    }
}
