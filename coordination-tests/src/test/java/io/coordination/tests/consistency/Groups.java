package io.coordination.tests.consistency;

import io.coordination.store.KeyRange;
import io.coordination.store.KeyValue;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Transactions that put one stamp on all keys of a group, or delete them all: nobody may ever see a mixture. */
final class Groups implements Strand {

    private static final int GROUPS = 5;
    private static final int SIZE = 5;

    private final Client client;
    private final Names names;

    Groups(Client client, Names names) {
        this.client = client;
        this.names = names;
    }

    @Override
    public CompletableFuture<?> next(Random random) {
        int first = random.nextInt(GROUPS);
        int second = random.nextInt(GROUPS);
        if (random.nextInt(6) == 0) {
            return client.txn("group delete", Txn.always(Op.delete(KeyRange.prefix(prefix(first)))));
        }
        List<Op> puts = new ArrayList<>(puts(first, names.next()));
        if (first != second && random.nextBoolean()) {
            puts.addAll(puts(second, names.next()));
        }
        return client.txn("group put", Txn.always(puts.toArray(Op[]::new)));
    }

    private static List<Op> puts(int group, long stamp) {
        return keys(group).stream()
                .map(key -> Op.put(key, Names.value(stamp), 0))
                .toList();
    }

    private static String prefix(int group) {
        return Names.GROUPS + group + "/";
    }

    private static List<String> keys(int group) {
        return IntStream.range(0, SIZE).mapToObj(i -> prefix(group) + i).toList();
    }

    /** A group whose keys do not all come from one transaction, if there is one. */
    static Optional<String> mixture(Function<String, Optional<KeyValue>> state) {
        return IntStream.range(0, GROUPS)
                .mapToObj(group -> keys(group).stream().map(state).toList())
                .filter(entries ->
                        entries.stream().map(Groups::origin).distinct().count() > 1)
                .map(entries -> entries.stream().map(Groups::origin).toList().toString())
                .findFirst();
    }

    private static String origin(Optional<KeyValue> entry) {
        return entry.map(found -> found.value().utf8() + "@" + found.modRevision())
                .orElse("absent");
    }
}
