package io.coordination.benchmarks.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Reads a prefix at one revision, a thousand keys at a time: more do not fit into one message for sure. */
final class PagedGet {

    private static final int PAGE = 1_000;

    private final KV kv;
    private final ByteSequence first;
    private final ByteSequence end;
    private final Map<ByteSequence, KeyValue> entries = new HashMap<>();

    PagedGet(KV kv, String prefix) {
        this.kv = kv;
        this.first = ByteSequence.from(prefix, UTF_8);
        this.end = OptionsUtil.prefixEndOf(first);
    }

    /**
     * What was read.
     *
     * @param revision the revision of all pages
     * @param entries the keys
     */
    record Read(long revision, Map<ByteSequence, KeyValue> entries) {}

    CompletableFuture<Read> read() {
        return page(first, 0).thenCompose(page -> next(page, page.getHeader().getRevision()));
    }

    private CompletableFuture<GetResponse> page(ByteSequence from, long revision) {
        return kv.get(
                from,
                GetOption.builder()
                        .withRange(end)
                        .withLimit(PAGE)
                        .withRevision(revision)
                        .build());
    }

    private CompletableFuture<Read> next(GetResponse page, long revision) {
        List<KeyValue> read = page.getKvs();
        read.forEach(entry -> entries.put(entry.getKey(), entry));
        if (!page.isMore()) {
            return CompletableFuture.completedFuture(new Read(revision, entries));
        }
        ByteSequence last = read.get(read.size() - 1).getKey();
        ByteSequence following = ByteSequence.from(last.toString(UTF_8) + '\0', UTF_8);
        return page(following, revision).thenCompose(more -> next(more, revision));
    }
}
