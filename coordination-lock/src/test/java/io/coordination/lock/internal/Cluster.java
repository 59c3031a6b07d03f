package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.CoordinatorOptions;
import io.coordination.memory.MemoryStore;
import io.coordination.store.Bytes;
import io.coordination.store.KeyValue;
import io.coordination.store.Keys;
import io.coordination.store.RangeQuery;
import io.coordination.store.Txn;
import io.coordination.store.Txn.Op;
import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A store in memory with a clock that stands still, the processes that use it, and an operator's hand. Registered as an extension, it
 * sees to it that a test leaves nothing behind.
 */
final class Cluster implements AfterEachCallback {

    static final String LOCK = "orders/42";
    static final Duration TTL = Duration.ofSeconds(12);
    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /** Longer than every pause between two attempts, shorter than what a lease bears. */
    static final Duration MOMENT = Duration.ofMillis(600);

    final ManualTime time = new ManualTime();
    final MemoryStore memory = MemoryStore.create(time);
    final Keys keys = Keys.ofNamespace("test");
    private final List<Node> nodes = new ArrayList<>();

    /** Another process, in which a lock that is closed goes at once. */
    Node node() {
        return node(Duration.ZERO);
    }

    /** Another process, in which a lock that is closed waits for a while for the next request. */
    Node node(Duration linger) {
        CoordinatorOptions options = CoordinatorOptions.builder()
                .endpoints("memory:test")
                .namespace("test")
                .requestTimeout(REQUEST_TIMEOUT)
                .build();
        Node node = new Node(this, options, linger);
        nodes.add(node);
        return node;
    }

    /** The keys in the queue of a lock, first come first. */
    List<KeyValue> queue(String lock) {
        return read(keys.lockPrefix(lock)).stream()
                .sorted(Comparator.comparingLong(KeyValue::createRevision))
                .toList();
    }

    List<KeyValue> queue() {
        return queue(LOCK);
    }

    /** The first key in the queue. */
    KeyValue first() {
        return queue().get(0);
    }

    /** Everything in the namespace. */
    List<String> allKeys() {
        return read(keys.namespacePrefix()).stream().map(KeyValue::key).toList();
    }

    private List<KeyValue> read(String prefix) {
        return memory.range(RangeQuery.prefix(prefix)).join().entries();
    }

    void delete(String key) {
        memory.txn(Txn.always(Op.delete(key))).join();
    }

    void deleteSession(long lease) {
        delete(keys.sessionKey(lease));
    }

    /** Somebody writes something that is none of our business. */
    void writeElsewhere() {
        memory.txn(Txn.always(Op.put("/elsewhere", Bytes.utf8("x"), 0))).join();
    }

    long revision() {
        return memory.range(RangeQuery.key("/elsewhere")).join().revision();
    }

    /** Forgets all history. */
    void compact() {
        writeElsewhere();
        memory.compact(revision());
    }

    /** Lets pass what a retry waits for. */
    void moment() {
        time.advance(MOMENT);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        assertNothingStays();
    }

    /**
     * Nothing is wanted any more: then nothing stays behind, neither a key nor a reserved session, a timer or an object for
     * a lock.
     */
    void assertNothingStays() {
        nodes.forEach(node -> node.store.reconnect());
        time.advance(TTL.multipliedBy(4));
        assertThat(allKeys()).as("keys that stayed").isEmpty();
        nodes.forEach(node -> assertThat(node.locks.queuesInUse()).as("queues").isZero());
        nodes.forEach(node -> assertThat(node.locks.claimsInUse()).as("claims").isZero());
        assertThat(time.pendingTasks()).as("timers").isZero();
    }
}
