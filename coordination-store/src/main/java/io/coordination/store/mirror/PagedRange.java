package io.coordination.store.mirror;

import io.coordination.CoordinationException;
import io.coordination.ErrorCode;
import io.coordination.store.Blocking;
import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.RangeQuery;
import io.coordination.store.RangeResult;
import io.coordination.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads a range of any size at one revision, in pages, so that no answer outgrows a message. The first page is the newest
 * state and fixes the revision; when that is compacted before the last page was read, the reading starts anew.
 */
public final class PagedRange {

    private static final int PAGE = 1_000;
    private static final int RESTARTS = 3;

    private final Store store;
    private final RangeQuery query;
    private final List<KeyValue> entries = new ArrayList<>();

    private PagedRange(Store store, RangeQuery query) {
        this.store = store;
        this.query = query;
    }

    /**
     * Reads all keys of a range.
     *
     * @return the entries and the one revision they were read at
     */
    public static CompletableFuture<RangeResult> read(Store store, KeyRange keys) {
        return read(store, keys, RESTARTS);
    }

    private static CompletableFuture<RangeResult> read(Store store, KeyRange keys, int restarts) {
        PagedRange reading = new PagedRange(store, RangeQuery.of(keys).withLimit(PAGE));
        return store.range(reading.query)
                .thenCompose(first -> reading.next(first, first.revision()))
                .exceptionallyCompose(failure -> restarts > 0 && isCompacted(failure)
                        ? read(store, keys, restarts - 1)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<RangeResult> next(RangeResult page, long revision) {
        entries.addAll(page.entries());
        if (!page.more()) {
            return CompletableFuture.completedFuture(
                    new RangeResult(page.clusterId(), revision, entries, entries.size()));
        }
        String last = entries.get(entries.size() - 1).key();
        KeyRange rest = new KeyRange(last + '\0', query.keys().to());
        return store.range(query.withKeys(rest).atRevision(revision)).thenCompose(more -> next(more, revision));
    }

    private static boolean isCompacted(Throwable failure) {
        return Blocking.cause(failure) instanceof CoordinationException e && e.code() == ErrorCode.NOT_FOUND;
    }
}
