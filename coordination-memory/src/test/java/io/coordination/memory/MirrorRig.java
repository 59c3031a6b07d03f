package io.coordination.memory;

import static io.coordination.memory.StoreCalls.now;
import static io.coordination.memory.StoreCalls.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.mirror.Mirror;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import java.time.Duration;

/** A mirror on a memory store whose way to it the test disturbs, on a clock that the test moves. */
class MirrorRig {

    static final String PREFIX = "/m/";

    final ManualTime time = new ManualTime();
    final MemoryStore memory = MemoryStore.create(time);
    final FaultyStore faulty = FaultyStore.over(memory.connect(), time);

    Mirror open() {
        return Mirror.open(faulty, time, PREFIX);
    }

    static MirrorRecorder record(Mirror mirror) {
        MirrorRecorder recorder = new MirrorRecorder(PREFIX);
        mirror.subscribe(recorder);
        return recorder;
    }

    long write(String name, String value) {
        return put(memory, PREFIX + name, value);
    }

    long delete(String name) {
        return now(memory.txn(Txn.always(Op.delete(PREFIX + name)))).revision();
    }

    void compact() {
        memory.compact(put(memory, "/elsewhere", "1"));
    }

    static String value(Mirror mirror, String name) {
        return mirror.state()
                .get(PREFIX + name)
                .map(entry -> entry.value().utf8())
                .orElse("-");
    }

    void assertSameAsStore(Mirror mirror) {
        assertThat(mirror.state().entries().values())
                .containsExactlyInAnyOrderElementsOf(
                        now(memory.range(RangeQuery.prefix(PREFIX))).entries());
    }

    /** Long enough for a reading that is due but not begun in the same moment by all. */
    void readAnew() {
        time.advance(Duration.ofSeconds(1));
    }
}
