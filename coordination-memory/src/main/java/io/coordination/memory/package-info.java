/**
 * The store inside one JVM: the same revisions, leases, compaction and watches as etcd's, without a server.
 *
 * <p>For tests, demonstrations and programs of a single process. Nothing is written to disk, and nothing here is shared
 * with another process: two processes that name the same memory store do not see each other.
 *
 * <p>{@link io.coordination.memory.MemoryStore} is the connection, {@link io.coordination.memory.MemoryStoreProvider} opens
 * one for endpoints such as {@code memory:orders}.
 */
@NullMarked
package io.coordination.memory;

import org.jspecify.annotations.NullMarked;
