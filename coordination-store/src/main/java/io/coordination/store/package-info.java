/**
 * What recipes stand on: a strictly consistent key-value store with leases and watches, and the tools built over it.
 *
 * <p>{@link io.coordination.store.Store} has etcd's words and etcd's guarantees. Whoever writes an engine promises the
 * rules below; {@code StoreContract} in the testkit has a test for each of them and names it by its number.
 *
 * <ol>
 *   <li><b>One revision a change.</b> Every transaction that changes something gets one revision, larger than all before
 *       it, for all its changes. A transaction that changes nothing gets none.
 *   <li><b>Linearizable.</b> A range or a transaction sees every change whose answer arrived before it was sent, unless
 *       the query is {@linkplain RangeQuery#serializable() serializable}.
 *   <li><b>Compares first.</b> A transaction evaluates all its compares against the state before it and then applies one
 *       branch whole or not at all, operations in order. So do {@linkplain io.coordination.store.Txn.Nested nested}
 *       transactions, all of them in one revision: the compares of every one see the state before the outermost, their reads
 *       what was applied before them. No two of them may put the same key, nor one delete what a later one puts, be it in branches
 *       that exclude each other. The operations of the widest list of each level together are at most 128.
 *   <li><b>Compares over several keys.</b> Such a compare must hold for each of them. Where there is no key at all, be it a
 *       single absent key or an empty range, create revision, mod revision, version and lease are 0, and a compare of the
 *       value never holds.
 *   <li><b>Counters.</b> The create revision of a key is the revision that made it, its mod revision the one that last
 *       put it, its version the number of puts since it was made. Deleting and putting again starts anew.
 *   <li><b>Reads of the past.</b> A range at a revision sees the state of exactly that revision, or fails: with {@code
 *       NOT_FOUND} when it was compacted, with {@code SERVICE_UNAVAILABLE} when it is still to come. Results are in key order; {@code count} ignores the limit.
 *   <li><b>Leases.</b> A lease lives at least its granted TTL after its last renewal was sent, and its keys go, all in one
 *       revision, when it is revoked or expires. The granted TTL may exceed the one asked for and is the one that counts.
 *   <li><b>Dead leases.</b> A put with a lease that does not exist fails with {@code NOT_FOUND} and applies nothing of its
 *       transaction. Renewing it, or listing its keys, fails with {@code NOT_FOUND}; revoking it is no error.
 *   <li><b>Attachment.</b> A key belongs to the lease of its last put: none given detaches it; {@code ignoreLease} keeps
 *       the present one.
 *   <li><b>Watches miss nothing.</b> A watch from revision r delivers every change of its keys with revision r or more, in
 *       order, without gap or repetition, over any number of reconnects, or ends with {@link
 *       io.coordination.store.WatchListener#onHistoryLost} when changes it has not delivered were compacted.
 *   <li><b>Whole revisions.</b> All changes of one revision arrive in one call. Calls for one watch never overlap.
 *   <li><b>From now.</b> A watch from revision 0 delivers every change after the revision given to its first {@code
 *       onOpened}, and maybe some before it.
 *   <li><b>Every call ends.</b> Each future completes within the deadline of its call, also when the store is closed
 *       meanwhile, with a value or a {@link io.coordination.CoordinationException}.
 *   <li><b>Honest failures.</b> A failure says {@link io.coordination.CoordinationException#outcomeUnknown()} unless it is
 *       certain that nothing was applied. {@link Delivery#ONCE} is never applied twice.
 *   <li><b>Cancellation.</b> Cancelling a future gives the call up; a watch delivers nothing after {@code close()} returned,
 *       except to a call that is already running. On a closed store {@code watch} throws {@code CLOSED}.
 * </ol>
 *
 * <p>Keys that we write are printable ASCII ({@link io.coordination.store.Keys} escapes everything else), so that the
 * order of strings is the order of the store. All callbacks come on an engine's threads: they must not block.
 */
@NullMarked
package io.coordination.store;

import org.jspecify.annotations.NullMarked;
