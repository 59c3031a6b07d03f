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
 *
 * <p>Pages grow and shrink with the size of what they bring, see {@link PageSize}.
 */
public final class PagedRange {

    private static final int RESTARTS = 3;

    private final Store store;
    private final RangeQuery query;
    private final PageSize page = new PageSize();
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
        return read(store, RangeQuery.of(keys), RESTARTS);
    }

    /**
     * Reads all keys of a range without their values.
     *
     * @return the entries with empty values, and the one revision they were read at
     */
    public static CompletableFuture<RangeResult> readKeys(Store store, KeyRange keys) {
        return read(store, RangeQuery.of(keys).withKeysOnly(), RESTARTS);
    }

    private static CompletableFuture<RangeResult> read(Store store, RangeQuery query, int restarts) {
        PagedRange reading = new PagedRange(store, query);
        return reading.page(query)
                .thenCompose(first -> reading.next(first, first.revision()))
                .exceptionallyCompose(failure -> restarts > 0 && is(ErrorCode.NOT_FOUND, failure)
                        ? read(store, query, restarts - 1)
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletableFuture<RangeResult> next(RangeResult last, long revision) {
        entries.addAll(last.entries());
        if (!last.more()) {
            return CompletableFuture.completedFuture(
                    new RangeResult(last.clusterId(), revision, entries, entries.size()));
        }
        page.brought(last.entries());
        String from = entries.get(entries.size() - 1).key() + '\0';
        KeyRange rest = new KeyRange(from, query.keys().to());
        return page(query.withKeys(rest).atRevision(revision)).thenCompose(more -> next(more, revision));
    }

    /** One page; a smaller one when the answer is larger than a message may be. */
    private CompletableFuture<RangeResult> page(RangeQuery rest) {
        return store.range(rest.withLimit(page.keys()))
                .exceptionallyCompose(failure -> is(ErrorCode.VALIDATION_ERROR, failure) && page.shrink()
                        ? page(rest)
                        : CompletableFuture.failedFuture(failure));
    }

    private static boolean is(ErrorCode code, Throwable failure) {
        return Blocking.cause(failure) instanceof CoordinationException e && e.code() == code;
    }
}
