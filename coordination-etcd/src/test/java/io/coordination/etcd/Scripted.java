package io.coordination.etcd;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * One RPC of a fake server: answers by a script, the last step of which repeats, and remembers what it was asked.
 *
 * @param <Q> the request
 * @param <R> the answer
 */
final class Scripted<Q, R> {

    private final List<Q> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock(); // guards steps
    private final Deque<Consumer<StreamObserver<R>>> steps = new ArrayDeque<>();

    Scripted(R first) {
        steps.add(answer(first));
    }

    static <R> Consumer<StreamObserver<R>> answer(R answer) {
        return out -> {
            out.onNext(answer);
            out.onCompleted();
        };
    }

    static <R> Consumer<StreamObserver<R>> fail(Status status) {
        return out -> out.onError(status.asRuntimeException());
    }

    static <R> Consumer<StreamObserver<R>> hang() {
        return out -> {};
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    final void script(Consumer<StreamObserver<R>> first, Consumer<StreamObserver<R>>... more) {
        lock.lock();
        try {
            steps.clear();
            steps.add(first);
            java.util.Collections.addAll(steps, more);
        } finally {
            lock.unlock();
        }
    }

    void serve(Q request, StreamObserver<R> out) {
        notice(out);
        reply(request, out);
    }

    /** Counts when the client gives a call up; to be called when the call begins. */
    void notice(StreamObserver<R> out) {
        ((ServerCallStreamObserver<R>) out).setOnCancelHandler(cancelled::incrementAndGet);
    }

    void reply(Q request, StreamObserver<R> out) {
        requests.add(request);
        step().accept(out);
    }

    private Consumer<StreamObserver<R>> step() {
        lock.lock();
        try {
            return steps.size() > 1 ? steps.removeFirst() : steps.getFirst();
        } finally {
            lock.unlock();
        }
    }

    int calls() {
        return requests.size();
    }

    List<Q> requests() {
        return requests;
    }

    int cancelled() {
        return cancelled.get();
    }
}
