package io.coordination.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinatorOptions;
import io.coordination.lock.LockHandle;
import io.coordination.lock.LockOptions;
import io.coordination.memory.MemoryStore;
import io.coordination.store.Txn;
import io.coordination.testkit.FaultyStore;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The release of a lock that was closed travels with the next request. */
class DeferredReleaseTest {

    private final ManualTime time = new ManualTime();
    private final FaultyStore store = FaultyStore.over(MemoryStore.create(time), time);
    private final DefaultCoordinator coordinator = new DefaultCoordinator(
            CoordinatorOptions.builder().endpoints("memory:deferred").build(), store, time);

    @BeforeEach
    void openTheSession() throws InterruptedException {
        take("first").unlock();
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    private LockHandle take(String lock) throws InterruptedException {
        return coordinator.lock().acquire(lock, LockOptions.defaults());
    }

    private List<Txn> sentBy(Action action) throws InterruptedException {
        int before = store.txns().size();
        action.run();
        List<Txn> sent = store.txns();
        return sent.subList(before, sent.size());
    }

    private interface Action {
        void run() throws InterruptedException;
    }

    private static boolean deletes(Txn txn) {
        return txn.success().stream()
                .anyMatch(op -> op instanceof Txn.Delete || (op instanceof Txn.Nested nested && deletes(nested.txn())));
    }

    @Test
    void aThreadThatWalksOverLocksAsksOnceForEach() throws Exception {
        List<Txn> sent = sentBy(() -> {
            for (int i = 0; i < 10; i++) {
                take("lock-" + i).close();
            }
        });

        assertThat(sent).hasSize(10);
        assertThat(sent.subList(1, 10)).allMatch(DeferredReleaseTest::deletes);
    }

    @Test
    void itHoldsForModulesToo() throws Exception {
        List<Txn> sent = sentBy(() -> {
            take("one").close();
            coordinator.module("orders").lock().acquire("two", LockOptions.defaults());
        });

        assertThat(sent).last().matches(DeferredReleaseTest::deletes);
    }

    @Test
    void itGoesByItselfWhenNothingElseIsSent() throws Exception {
        LockHandle held = take("lock");
        assertThat(sentBy(held::close)).isEmpty();

        assertThat(sentBy(() -> time.advance(Duration.ofMillis(1))))
                .singleElement()
                .matches(DeferredReleaseTest::deletes);
    }

    @Test
    void theSameLockIsReleasedBeforeItIsAskedForAgain() throws Exception {
        LockHandle held = take("lock");
        held.close();

        LockHandle again = take("lock");

        assertThat(again.fencingToken()).isGreaterThan(held.fencingToken());
    }

    @Test
    void whoWaitsForTheAnswerIsNotKeptWaiting() throws Exception {
        LockHandle held = take("lock");

        assertThat(sentBy(held::unlock)).singleElement().matches(DeferredReleaseTest::deletes);
    }

    @Test
    void closingTheCoordinatorReleasesWhatWasClosed() throws Exception {
        take("lock").close();

        List<Txn> sent = sentBy(coordinator::close);

        assertThat(sent).anyMatch(DeferredReleaseTest::deletes);
    }
}
