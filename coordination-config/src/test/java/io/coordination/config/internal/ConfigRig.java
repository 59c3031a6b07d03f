package io.coordination.config.internal;

import io.coordination.CoordinatorOptions;
import io.coordination.memory.MemoryStore;
import io.coordination.store.Bytes;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.LoggerFactory;

/** Configuration centres on one memory store, on a clock and on callback threads that only the test moves. */
final class ConfigRig {

    static final Duration TIMEOUT = Duration.ofSeconds(5);

    final ManualTime time = new ManualTime();
    final MemoryStore memory = MemoryStore.create(time);
    final FaultyStore faulty = FaultyStore.over(memory.connect(), time, TIMEOUT.multipliedBy(4));
    final Keys keys = Keys.ofNamespace("test");
    final StepExecutor callbacks = new StepExecutor();

    /** The one under test; what goes wrong goes wrong on its way to the store. */
    final MirroredConfig config = centre(faulty, keys, callbacks);

    /** Another process, to which nothing happens. */
    final MirroredConfig other = centre(memory.connect(), keys, callbacks);

    MirroredConfig centre(Store store, Keys names, Executor executor) {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:rig")
                .requestTimeout(TIMEOUT)
                .build();
        return new MirroredConfig(
                new Environment(store, names, time, executor, options, LoggerFactory.getLogger("coordination")));
    }

    /** Another tool writes to the store. */
    void putRaw(String key, String content) {
        commit(Op.put(keys.configKey(key), Bytes.utf8(content), 0));
    }

    /** Changes in one revision. */
    void commit(Op... changes) {
        memory.txn(Txn.always(changes)).join();
    }

    Op put(String key, Object value) {
        return Op.put(keys.configKey(key), ValueCodec.encode(value, "0"), 0);
    }

    Op remove(String key) {
        return Op.delete(keys.configKey(key));
    }

    /** The watches of the one under test end, and the history up to now is gone. */
    void loseHistory(Runnable meanwhile) {
        faulty.watches().cut();
        meanwhile.run();
        memory.compact(memory.range(RangeQuery.prefix("/")).join().revision());
        faulty.watches().resume();
        time.advance(Duration.ofSeconds(1)); // mirrors do not all read anew in the same moment
    }
}
