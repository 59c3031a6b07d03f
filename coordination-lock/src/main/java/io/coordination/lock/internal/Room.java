package io.coordination.lock.internal;

import io.coordination.store.KeyValue;
import java.util.List;
import java.util.stream.IntStream;

/** What a claim that does not wait needs to find in its queues. */
record Room(ClaimTerms terms) {

    /** Whether a key at the end of each queue would be served at once. */
    boolean isIn(List<List<KeyValue>> queues) {
        return IntStream.range(0, queues.size())
                .allMatch(
                        i -> Standing.hasRoom(terms.queues().get(i), terms.capacity(), terms.wanted(), queues.get(i)));
    }

    /** The same, if locks that may only be retained were given up. */
    boolean isBehindRetained(List<List<KeyValue>> queues) {
        return isIn(queues.stream()
                .map(found -> found.stream().filter(entry -> !isRetained(entry)).toList())
                .toList());
    }

    private static boolean isRetained(KeyValue entry) {
        return Membership.termsOf(entry.value()).retaining();
    }
}
