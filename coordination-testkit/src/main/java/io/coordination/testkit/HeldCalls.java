package io.coordination.testkit;

import io.coordination.CoordinationClosedException;
import io.coordination.CoordinationException;
import io.coordination.store.Store;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * The calls that a rule of a {@link FaultyStore} keeps on their way, oldest first. Thread-safe.
 *
 * <p>The request and its caller are two things here: the caller of a held call gives up at its deadline, or with {@link
 * #timeOut}, and the request still arrives when it is {@linkplain #release released}, as it does in a network.
 */
public final class HeldCalls {

    private final Mode mode;
    private final CallDeadlines deadlines;
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();

    HeldCalls(Mode mode, CallDeadlines deadlines) {
        this.mode = mode;
        this.deadlines = deadlines;
    }

    private <T> CompletableFuture<T> hold(StoreCall<T> call, Store store) {
        if (mode == Mode.COPY) {
            CompletableFuture<T> answered = call.sendTo(store);
            held.add(new Held(answered, () -> Fault.forward(call.sendTo(store), new CompletableFuture<>())));
            return answered;
        }
        CompletableFuture<T> answered = new CompletableFuture<>();
        Supplier<CompletableFuture<T>> outcome = outcome(call, store);
        deadlines.watch(call, answered);
        held.add(new Held(answered, () -> Fault.forward(outcome.get(), answered)));
        return answered;
    }

    private <T> Supplier<CompletableFuture<T>> outcome(StoreCall<T> call, Store store) {
        if (mode == Mode.REQUEST) {
            return () -> call.sendTo(store);
        }
        CompletableFuture<T> carriedOut = call.sendTo(store);
        return () -> carriedOut;
    }

    /** How many calls are held now. */
    public int count() {
        return held.size();
    }

    /** Lets everything go that is held: requests are carried out now, in order; answers reach callers that still wait. */
    public void release() {
        for (Held next = held.poll(); next != null; next = held.poll()) {
            next.letGo.run();
        }
    }

    /** The callers learn that there was no answer, outcome unknown; what is held stays held. */
    public void timeOut() {
        held.forEach(waiting -> waiting.caller.completeExceptionally(Fault.noAnswer()));
    }

    /** What is held never arrives; the callers learn that there was no answer. */
    public void drop() {
        timeOut();
        held.clear();
    }

    /** The store is closed: as {@link #drop}, with another answer. */
    void close() {
        CoordinationException closed = new CoordinationClosedException("the store was closed");
        held.forEach(waiting -> waiting.caller.completeExceptionally(closed));
        held.clear();
    }

    /** The fault that brings the calls here. */
    record Holding(HeldCalls calls) implements Fault {
        @Override
        public <T> CompletableFuture<T> handle(StoreCall<T> call, Store store) {
            return calls.hold(call, store);
        }
    }

    /** What is held of a call. */
    enum Mode {
        /** The request. */
        REQUEST,
        /** The answer. */
        ANSWER,
        /** A second copy of the request; the first is carried out as usual. */
        COPY
    }

    private record Held(CompletableFuture<?> caller, Runnable letGo) {}
}
