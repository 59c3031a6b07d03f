package io.coordination.lock.internal;

import io.coordination.store.KeyValue;
import io.coordination.store.RangeResult;
import io.coordination.store.mirror.MirrorState;
import java.util.List;
import java.util.Optional;

/**
 * What is stored about a barrier at one revision.
 *
 * @param revision the revision
 * @param parties the places that are taken
 * @param begun whether a round has begun; without anybody there it is left over from one whose parties all died
 */
record BarrierView(long revision, List<KeyValue> parties, boolean begun) {

    static BarrierView of(BarrierKeys keys, RangeResult found) {
        return new BarrierView(
                found.revision(),
                keys.parties().members(found.entries()),
                found.entries().stream().anyMatch(entry -> entry.key().equals(keys.begun())));
    }

    /** Whether parties are inside a round. */
    boolean isRunning() {
        return begun && !parties.isEmpty();
    }

    Optional<KeyValue> party(String key) {
        return parties.stream().filter(entry -> entry.key().equals(key)).findFirst();
    }

    List<KeyValue> without(String key) {
        return parties.stream().filter(entry -> !entry.key().equals(key)).toList();
    }

    /** Whether a state shows none of some parties, once it is as new as they are. */
    static boolean showsNone(MirrorState state, List<KeyValue> parties) {
        return parties.stream()
                .allMatch(party -> state.revision() >= party.createRevision()
                        && state.get(party.key()).isEmpty());
    }
}
