package io.coordination.etcd;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.KeyRange;
import io.coordination.store.RangeQuery;
import io.etcd.jetcd.api.KVGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Asks, before a watch from the past is opened, whether the state right before its position can still be read.
 *
 * <p>Two gaps are invisible to the watch itself. Servers before 3.5.18 accept a watch that starts at the very revision of a
 * compaction and silently lack the deletes of that revision. And a store that was restored from a backup accepts a watch
 * from a revision that it has not reached again, and delivers nothing until then.
 */
final class HistoryCheck {

    private HistoryCheck() {}

    /** True when changes are missing; a failure when nobody could say. */
    static CompletableFuture<Boolean> isLost(
            ResilientCalls calls, KeyRange keys, WatchPosition position, Duration limit) {
        if (position.next() <= 1) {
            return CompletableFuture.completedFuture(false);
        }
        RangeQuery before = RangeQuery.key(keys.from()).withCountOnly().atRevision(position.next() - 1);
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Futures.whenDone(
                calls.call(new Rpc<>(
                        KVGrpc.getRangeMethod(),
                        WireFormat.range(before),
                        found -> false,
                        CallKind.URGENT,
                        "history check of",
                        keys.from(),
                        limit)),
                (found, failure) -> {
                    if (failure instanceof CoordinationException ours) {
                        judge(ours, position, answer);
                    } else {
                        answer.complete(false);
                    }
                });
        return answer;
    }

    private static void judge(
            CoordinationException failure, WatchPosition position, CompletableFuture<Boolean> answer) {
        if (failure.code() == ErrorCode.NOT_FOUND) {
            answer.complete(true);
        } else if (failure.getCause() instanceof StatusRuntimeException status
                && status.getStatus().getCode() == Status.Code.OUT_OF_RANGE) {
            answer.complete(position.hasSeen(position.next() - 1));
        } else if (failure.retryable() || failure.code() == ErrorCode.PERMISSION_DENIED) {
            answer.completeExceptionally(failure);
        } else {
            answer.complete(false);
        }
    }
}
