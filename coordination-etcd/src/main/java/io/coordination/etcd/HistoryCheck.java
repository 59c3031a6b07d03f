package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.Instrumentation.ResyncReason;
import io.coordination.store.RangeQuery;
import io.coordination.store.SerialExecutor;
import io.etcd.jetcd.api.KVGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Asks, before watches from the past are opened, whether the state right before each position can still be read.
 *
 * <p>Two gaps are invisible to the watch itself. Servers before 3.5.18 accept a watch that starts at the very revision of a
 * compaction and silently lack the deletes of that revision. And a store that was restored from a backup accepts a watch
 * from a revision that it has not reached again, and delivers nothing until then.
 *
 * <p>Which revisions can be read does not depend on the keys: they are those from the last compaction to the present. So
 * when the oldest and the newest position pass, all between them do, and any number of watches costs two reads. Only
 * otherwise is each asked for on its own, a limited number at a time. Confined to a serial executor.
 */
final class HistoryCheck {

    private static final int AT_ONCE = 64;

    /** Hears the results, in any order. */
    interface Answers {
        void complete(WatchLoop watch);

        void lost(WatchLoop watch, ResyncReason reason);

        /** Nobody could say. */
        void unanswered(WatchLoop watch, CoordinationException failure);
    }

    private final ResilientCalls calls;
    private final SerialExecutor serial;
    private final Duration limit;
    private final Answers answers;
    private final Deque<WatchLoop> waiting = new ArrayDeque<>();
    private int readable;

    private HistoryCheck(ResilientCalls calls, SerialExecutor serial, Duration limit, Answers answers) {
        this.calls = calls;
        this.serial = serial;
        this.limit = limit;
        this.answers = answers;
    }

    /** Checks watches whose position is in the past. */
    static void of(
            List<WatchLoop> watches, ResilientCalls calls, SerialExecutor serial, Duration limit, Answers answers) {
        if (!watches.isEmpty()) {
            new HistoryCheck(calls, serial, limit, answers).start(watches);
        }
    }

    private void start(List<WatchLoop> watches) {
        Comparator<WatchLoop> byAge =
                Comparator.comparingLong(watch -> watch.position().next());
        WatchLoop oldest = watches.stream().min(byAge).orElseThrow();
        WatchLoop newest = watches.stream().max(byAge).orElseThrow();
        boolean one = byAge.compare(oldest, newest) == 0;
        watches.stream()
                .filter(watch -> watch != oldest && (one || watch != newest))
                .forEach(waiting::add);
        Ends ends = new Ends(one ? 1 : 2);
        ask(oldest, ends);
        if (!one) {
            ask(newest, ends);
        }
    }

    /** Decides about the watches between, once it is known about the ends. */
    private final class Ends implements Runnable {
        private final int asked;
        private int answered;

        Ends(int asked) {
            this.asked = asked;
        }

        @Override
        public void run() {
            if (++answered < asked) {
                return;
            }
            if (readable == asked) {
                waiting.forEach(answers::complete);
            } else {
                for (int i = 0; i < AT_ONCE; i++) {
                    askNext();
                }
            }
        }
    }

    private void askNext() {
        WatchLoop watch = waiting.poll();
        if (watch != null) {
            ask(watch, this::askNext);
        }
    }

    private void ask(WatchLoop watch, Runnable after) {
        long before = watch.position().next() - 1;
        RangeQuery query = RangeQuery.key(watch.keys().from()).withCountOnly().atRevision(before);
        Futures.whenDone(
                calls.call(new Rpc<>(
                        KVGrpc.getRangeMethod(),
                        WireFormat.range(query),
                        found -> found,
                        CallKind.URGENT,
                        "history check of",
                        watch.keys().from(),
                        limit)),
                (found, failure) -> serial.execute(() -> {
                    if (failure instanceof CoordinationException ours) {
                        judge(watch, before, ours);
                    } else {
                        readable++;
                        answers.complete(watch);
                    }
                    after.run();
                }));
    }

    private void judge(WatchLoop watch, long before, CoordinationException failure) {
        boolean compacted = failure.code() == ErrorCode.NOT_FOUND;
        boolean toCome = failure.getCause() instanceof StatusRuntimeException status
                && status.getStatus().getCode() == Status.Code.OUT_OF_RANGE
                && !compacted;
        if (compacted || (toCome && watch.position().hasSeen(before))) {
            answers.lost(watch, compacted ? ResyncReason.COMPACTED : ResyncReason.HISTORY_CHANGED);
        } else if (!toCome && (failure.retryable() || failure.code() == ErrorCode.PERMISSION_DENIED)) {
            answers.unanswered(watch, failure);
        } else {
            answers.complete(watch);
        }
    }
}
