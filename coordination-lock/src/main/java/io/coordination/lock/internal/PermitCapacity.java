package io.coordination.lock.internal;

import io.coordination.CoordinationException;
import io.coordination.internal.Checks;
import io.coordination.lock.internal.queue.PlaceMode;
import io.coordination.store.Bytes;
import io.coordination.store.JsonCodec;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import java.util.OptionalLong;

/**
 * A number of permits, of which each key takes what its mode says. The number lies beside the queue, under the same prefix, so that
 * one read shows both and one watch tells of both in their order.
 *
 * @param known how many there are as far as known
 */
record PermitCapacity(long known) implements Capacity {

    /** What a key takes that is no permit: a lock of the same name takes everything. */
    private static final long EVERYTHING = 2L * PlaceMode.MOST_PERMITS;

    /** The stored number of permits. */
    private record Limit(long n) {}

    static String limitKey(QueueKeys queue) {
        return queue.prefix() + "!limit";
    }

    static Bytes limitValue(long limit) {
        return JsonCodec.write(new Limit(limit));
    }

    @Override
    public KeyRange range(QueueKeys queue) {
        return new KeyRange(queue.prefix() + '!', queue.range().to());
    }

    @Override
    public long takenBy(KeyValue member) {
        PlaceMode mode = Membership.termsOf(member.value()).mode();
        return mode.permits() > 0 ? mode.permits() : EVERYTHING;
    }

    @Override
    public OptionalLong limitIn(QueueKeys queue, KeyValue entry) {
        return entry.key().equals(limitKey(queue)) ? limit(entry) : OptionalLong.empty();
    }

    private static OptionalLong limit(KeyValue entry) {
        try {
            return OptionalLong.of(JsonCodec.read(entry.value(), Limit.class).n());
        } catch (CoordinationException unreadable) {
            return OptionalLong.empty();
        }
    }

    @Override
    public CoordinationException neverFits(long wanted, long limit) {
        return tooMany(wanted, limit);
    }

    static CoordinationException tooMany(long wanted, long limit) {
        return Checks.invalid("permits", wanted, "there are only " + limit + ", ask for fewer or change the limit");
    }
}
