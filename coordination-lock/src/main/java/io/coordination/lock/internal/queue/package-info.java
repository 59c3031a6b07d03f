/**
 * What a process decides about one lock, as a state machine without threads, clock and network: which key to queue, when it owns,
 * who holds, and when to let go.
 *
 * <p>{@link io.coordination.lock.internal.queue.QueueMachine} is told what happens and answers with commands to a
 * {@link io.coordination.lock.internal.queue.QueueSink}. So the machine that runs in production is also the one that a model
 * checker runs through all orders of events.
 *
 * <p>Behind it, what changes is kept by {@link io.coordination.lock.internal.queue.RequestLine},
 * {@link io.coordination.lock.internal.queue.QueuePlaces}, {@link io.coordination.lock.internal.queue.WatchState} and
 * {@link io.coordination.lock.internal.queue.Retirement}, and nowhere else. The rules work on these: how places end and begin
 * ({@link io.coordination.lock.internal.queue.Departures}, {@link io.coordination.lock.internal.queue.Arrivals}), who is served
 * ({@link io.coordination.lock.internal.queue.Granting}, {@link io.coordination.lock.internal.queue.Dispatch}), what follows a
 * release ({@link io.coordination.lock.internal.queue.Releases}), and what is seen of the queue
 * ({@link io.coordination.lock.internal.queue.Observation}, {@link io.coordination.lock.internal.queue.PlaceAnswers}). Each uses
 * only those that are named before it.
 */
@NullMarked
package io.coordination.lock.internal.queue;

import org.jspecify.annotations.NullMarked;
