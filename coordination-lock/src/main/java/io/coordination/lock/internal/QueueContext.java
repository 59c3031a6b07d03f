package io.coordination.lock.internal;

import io.coordination.store.Environment;
import io.coordination.store.SerialExecutor;

/**
 * What all parts of one lock's queue share.
 *
 * @param env the store and the time
 * @param serial where everything about this lock runs
 * @param keys the queue in the store
 * @param watch its watch
 */
record QueueContext(Environment env, SerialExecutor serial, QueueKeys keys, QueueWatch watch) {}
