package io.coordination.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.coordination.CoordinationException;
import io.coordination.store.Bytes;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.WatchEvent;
import io.coordination.store.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Short words for calls whose futures are complete when they are returned. */
final class StoreCalls {

    private StoreCalls() {}

    static <T> T now(CompletableFuture<T> future) {
        assertThat(future).as("the answer").isDone();
        return future.join();
    }

    static CoordinationException failure(CompletableFuture<?> future) {
        Throwable failure = catchThrowable(() -> now(future));
        if (failure != null && failure.getCause() instanceof CoordinationException refused) {
            return refused;
        }
        throw new AssertionError("the call did not fail with a CoordinationException", failure);
    }

    static Txn putting(String key, String value) {
        return Txn.always(Op.put(key, Bytes.utf8(value), 0));
    }

    static long put(Store store, String key, String value) {
        return now(store.txn(putting(key, value))).revision();
    }

    static long putLeased(Store store, String key, long lease) {
        return now(store.txn(Txn.always(Op.put(key, Bytes.EMPTY, lease)))).revision();
    }

    static Optional<String> value(Store store, String key) {
        return entry(store, key).map(found -> found.value().utf8());
    }

    static Optional<KeyValue> entry(Store store, String key) {
        return now(store.range(RangeQuery.key(key))).first();
    }

    static List<String> keys(Store store, String prefix) {
        return now(store.range(RangeQuery.prefix(prefix))).entries().stream()
                .map(KeyValue::key)
                .toList();
    }

    /** A watch of all keys that begin with a slash, as lines of text. */
    static List<String> follow(Store store, long fromRevision) {
        List<String> lines = new ArrayList<>();
        store.watch(KeyRange.prefix("/"), fromRevision, new Lines(lines));
        return lines;
    }

    /** Writes what it hears as lines such as {@code 5 +/a -/b}. */
    static class Lines implements WatchListener {

        private final List<String> lines;

        Lines(List<String> lines) {
            this.lines = lines;
        }

        @Override
        public void onOpened(long revision) {
            lines.add("opened " + revision);
        }

        @Override
        public void onRevision(long revision, List<WatchEvent> events) {
            lines.add(revision + " "
                    + String.join(
                            " ",
                            events.stream()
                                    .map(event -> (event instanceof WatchEvent.Put ? "+" : "-") + event.key())
                                    .toList()));
        }

        @Override
        public void onProgress(long revision) {
            lines.add("progress " + revision);
        }

        @Override
        public void onInterrupted(CoordinationException cause) {
            lines.add("interrupted");
        }

        @Override
        public void onHistoryLost(long firstRevision) {
            lines.add("lost " + firstRevision);
        }
    }
}
