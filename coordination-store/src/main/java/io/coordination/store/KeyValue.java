package io.coordination.store;

/**
 * A key with its value and the counters of its life.
 *
 * @param key the key
 * @param value the value; empty when only keys were asked for
 * @param createRevision the revision that made the key
 * @param modRevision the revision that last put it
 * @param version the number of puts since it was made, from 1
 * @param lease the lease it hangs on, or 0
 */
public record KeyValue(String key, Bytes value, long createRevision, long modRevision, long version, long lease) {}
