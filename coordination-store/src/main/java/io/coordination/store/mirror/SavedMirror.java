package io.coordination.store.mirror;

import java.time.Instant;

/**
 * A state of a mirror as it is kept in a file.
 *
 * @param prefix the prefix
 * @param clusterId the cluster it was read from
 * @param savedAt the wall time at which it was known to be the state of the store
 * @param state the keys and their revision
 */
record SavedMirror(String prefix, long clusterId, Instant savedAt, MirrorState state) {}
