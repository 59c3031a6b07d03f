/**
 * The {@link io.coordination.store.Store} on etcd 3.4 and later: jetcd's published gRPC stubs on channels of our own.
 *
 * <p>A call goes {@code EtcdStore} → {@code ResilientCalls} (deadline, {@code InFlightLimit}, {@code Breaker}, retries
 * within a {@code RetryBudget}) → {@code PendingCall} (one call with all its attempts) → {@code Attempt} (one RPC). A watch
 * is a {@code WatchLoop} (position, back-off) over a row of {@code WatchStream}s (one RPC each). Nothing blocks; futures and
 * listeners run on the channel's event loops.
 *
 * <p>Types of gRPC, protobuf, Netty and jetcd stay inside this package.
 */
@NullMarked
package io.coordination.etcd;

import org.jspecify.annotations.NullMarked;
