package io.coordination.memory;

import static io.coordination.memory.StoreCalls.now;

import io.coordination.CoordinatorOptions;
import io.coordination.Instrumentation;
import io.coordination.store.Environment;
import io.coordination.store.Keys;
import io.coordination.store.Store;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.store.session.Session;
import io.coordination.store.session.SessionLoss;
import io.coordination.store.session.Sessions;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import io.coordination.testkit.StoreCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Sessions on a memory store, on a clock that only the test moves, over a network that does what the test wants. */
final class SessionRig {

    static final Duration TTL = Duration.ofSeconds(30);

    /** How long a session of {@link #TTL} is certain at the moment its renewal is sent. */
    static final Duration CERTAIN = Duration.ofMillis(30_000 - 300 - 1_500);

    static final Duration NANO = Duration.ofNanos(1);

    final ManualTime time = new ManualTime();
    final MemoryStore memory = MemoryStore.create(time);
    final FaultyStore faulty = FaultyStore.over(memory.connect(), time);
    final Keys keys = Keys.ofNamespace("test");
    final Sessions sessions = sessions(faulty, "locks");

    Sessions sessions(Store store, String recipe) {
        return sessions(store, recipe, Instrumentation.NONE);
    }

    Sessions sessions(Store store, String recipe, Instrumentation instrumentation) {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:rig")
                .clientName("node-7")
                .instrumentation(instrumentation)
                .build();
        return new Sessions(
                new Environment(store, keys, time, Runnable::run, options, LoggerFactory.getLogger("coordination")),
                recipe);
    }

    Session open() {
        return now(sessions.reserve(TTL));
    }

    List<SessionLoss> losses(Session session) {
        List<SessionLoss> losses = new ArrayList<>();
        session.onLost(losses::add);
        return losses;
    }

    /** Whether the server has a lease, as others would see it. */
    boolean leaseLives(long lease) {
        return !memory.leaseKeys(lease).isCompletedExceptionally();
    }

    void deleteKeyOf(Session session) {
        now(memory.txn(Txn.always(Op.delete(keys.sessionKey(session.leaseId())))));
    }

    long count(Class<? extends StoreCall<?>> kind) {
        return faulty.calls().stream().filter(kind::isInstance).count();
    }

    /** The watches break, something happens, and the history up to then is gone when they come back. */
    void loseHistory(Runnable meanwhile) {
        faulty.watches().cut();
        meanwhile.run();
        StoreCalls.put(memory, "/elsewhere", "1");
        memory.compact(StoreCalls.put(memory, "/elsewhere", "2"));
        faulty.watches().resume();
    }
}
