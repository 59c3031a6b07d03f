package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import java.util.OptionalLong;

/** What the keys of a queue share, how much of it each takes, and how much there is. */
interface Capacity {

    /** One owner at a time: every key takes all there is. */
    Capacity ONE_OWNER = new Capacity() {
        @Override
        public KeyRange range(QueueKeys queue) {
            return queue.range();
        }

        @Override
        public long takenBy(KeyValue member) {
            return 1;
        }

        @Override
        public long known() {
            return 1;
        }

        @Override
        public OptionalLong limitIn(QueueKeys queue, KeyValue entry) {
            return OptionalLong.empty();
        }

        @Override
        public CoordinationException neverFits(long wanted, long limit) {
            throw new IllegalStateException("one owner always fits");
        }
    };

    /** The keys that say who takes how much, and those that say how much there is. */
    KeyRange range(QueueKeys queue);

    /** How much a key of the queue takes. */
    long takenBy(KeyValue member);

    /** How much there is as long as nothing else was read. */
    long known();

    /** How much there is, if an entry beside the queue says it. */
    OptionalLong limitIn(QueueKeys queue, KeyValue entry);

    /** Why a claim that wants more than there is will never be served. */
    CoordinationException neverFits(long wanted, long limit);
}
