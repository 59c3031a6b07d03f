/**
 * For tests of applications and of coordination itself: real etcd clusters from plain code
 * ({@link io.coordination.testkit.EtcdCluster}) or from JUnit ({@link io.coordination.testkit.EtcdExtension}), a proxy that
 * breaks connections on purpose ({@link io.coordination.testkit.FaultProxy}) and certificates made on the spot
 * ({@link io.coordination.testkit.TestCertificates}).
 *
 * <p>Without a server: a clock that a test moves ({@link io.coordination.testkit.ManualTime}), a store that loses and delays
 * what it is told to ({@link io.coordination.testkit.FaultyStore}), and the rules of a store as tests for whoever writes an
 * engine ({@link io.coordination.testkit.StoreContract}).
 *
 * <p>Everything listens on 127.0.0.1 only and is stopped by {@code close()}; a shutdown hook ends etcd processes that a
 * test forgot.
 */
@NullMarked
package io.coordination.testkit;

import org.jspecify.annotations.NullMarked;
