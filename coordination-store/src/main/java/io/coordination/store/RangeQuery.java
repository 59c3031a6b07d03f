package io.coordination.store;

/**
 * What to read: a range of keys, newest or at a past revision.
 *
 * @param keys the keys
 * @param limit the greatest number of keys to answer, or 0 for all
 * @param revision the revision to read at, or 0 for the newest
 * @param keysOnly whether values are left out
 * @param countOnly whether only the count is wanted
 * @param serializable whether the answering member may be behind; quicker, and possible without a quorum
 */
public record RangeQuery(
        KeyRange keys, long limit, long revision, boolean keysOnly, boolean countOnly, boolean serializable) {

    /** All of a range, newest, linearizable. */
    public static RangeQuery of(KeyRange keys) {
        return new RangeQuery(keys, 0, 0, false, false, false);
    }

    /** One key, newest, linearizable. */
    public static RangeQuery key(String key) {
        return of(KeyRange.key(key));
    }

    /** All keys with a prefix, newest, linearizable. */
    public static RangeQuery prefix(String prefix) {
        return of(KeyRange.prefix(prefix));
    }

    /** The same with another range. */
    public RangeQuery withKeys(KeyRange other) {
        return new RangeQuery(other, limit, revision, keysOnly, countOnly, serializable);
    }

    /** The same with at most {@code max} keys in the answer; 0 for all. */
    public RangeQuery withLimit(long max) {
        return new RangeQuery(keys, max, revision, keysOnly, countOnly, serializable);
    }

    /** The same at a past revision; 0 for the newest. */
    public RangeQuery atRevision(long past) {
        return new RangeQuery(keys, limit, past, keysOnly, countOnly, serializable);
    }

    /** The same without values. */
    public RangeQuery withKeysOnly() {
        return new RangeQuery(keys, limit, revision, true, countOnly, serializable);
    }

    /** The same with nothing but the count. */
    public RangeQuery withCountOnly() {
        return new RangeQuery(keys, limit, revision, keysOnly, true, serializable);
    }

    /** The same answered by any member, which may be behind. */
    public RangeQuery asSerializable() {
        return new RangeQuery(keys, limit, revision, keysOnly, countOnly, true);
    }
}
