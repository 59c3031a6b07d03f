package io.coordination.etcd;

import io.coordination.store.WatchEvent;
import java.util.List;

/**
 * All changes of one revision that a watch sees.
 *
 * @param number the revision
 * @param events the changes, in order
 * @param bytes about how much memory they take
 */
record Revision(long number, List<WatchEvent> events, long bytes) {}
