package io.coordination.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.coordination.Instrumentation;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Listeners that do not keep up. The test is the callback thread: a listener is busy while the test does not run it. */
class SlowListenerTest {

    private static final int MOST = 1_000;

    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final HandTime time = new HandTime();
    private final List<Integer> heard = new ArrayList<>();
    private final List<String> observed = new ArrayList<>();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(ListenerQueue.class);

    @BeforeEach
    void listen() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void stop() {
        log.detachAppender(lines);
    }

    private ListenerQueue<Integer> queue(Consumer<Integer> listener) {
        Instrumentation.Listeners observer = new Instrumentation.Listeners() {
            @Override
            public void failed() {
                observed.add("failed");
            }

            @Override
            public void overtaken(int skipped) {
                observed.add("overtaken " + skipped);
            }
        };
        ListenerCalls calls = new ListenerCalls(threads::add, time, observer);
        return new ListenerQueue<>(calls, new SummingTarget(listener), () -> {});
    }

    private void runAll() {
        for (Runnable next = threads.poll(); next != null; next = threads.poll()) {
            next.run();
        }
    }

    private static void deliver(ListenerQueue<Integer> queue, int times) {
        IntStream.range(0, times).forEach(i -> queue.deliver(1));
    }

    private List<String> warnings() {
        return lines.list.stream()
                .filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void hearEachEventAsLongAsAThousandWait() {
        ListenerQueue<Integer> queue = queue(heard::add);

        deliver(queue, MOST);

        assertThat(queue.waiting()).isEqualTo(MOST);
        runAll();
        assertThat(heard).hasSize(MOST).containsOnly(1);
        assertThat(observed).isEmpty();
        assertThat(warnings()).isEmpty();
    }

    @Test
    void hearOneEventForAllWhenThereAreMore() {
        ListenerQueue<Integer> queue = queue(heard::add);

        deliver(queue, MOST + 1);

        assertThat(queue.waiting()).isEqualTo(1);
        runAll();
        assertThat(heard).containsExactly(MOST + 1);
        assertThat(observed).containsExactly("overtaken " + MOST);
    }

    @Test
    void retainLittleHoweverMuchHappens() {
        ListenerQueue<Integer> queue = queue(heard::add);

        for (int i = 0; i < 100_000; i++) {
            queue.deliver(1);
            assertThat(queue.waiting()).isLessThanOrEqualTo(MOST);
        }

        assertThat(threads).as("tasks for the callback threads").hasSize(1);
        runAll();
        assertThat(heard).containsExactly(100_000);
        assertThat(observed).containsExactly("overtaken 99999");
    }

    @Test
    void hearEachEventAgainOnceTheyHaveCaughtUp() {
        ListenerQueue<Integer> queue = queue(heard::add);
        deliver(queue, MOST + 1);
        runAll();

        queue.deliver(1);
        queue.deliver(2);
        runAll();

        assertThat(heard).containsExactly(MOST + 1, 1, 2);
        assertThat(observed).hasSize(1);
    }

    @Test
    void haveOneLineInTheLogForEachTimeTheyAreOvertaken() {
        ListenerQueue<Integer> queue = queue(heard::add);

        deliver(queue, 5 * MOST);
        assertThat(warnings()).hasSize(1).first().asString().contains("too slow");
        runAll();
        deliver(queue, 5 * MOST);
        runAll();

        assertThat(warnings()).hasSize(2);
        assertThat(lines.list.get(0).getKeyValuePairs())
                .extracting(pair -> pair.key + "=" + pair.value)
                .contains("watch=a test", "listener=" + SummingTarget.class.getName());
    }

    @Test
    void areNotTornBetweenEventsThatBelongTogether() {
        ListenerQueue<Integer> queue = queue(heard::add);
        deliver(queue, MOST - 1);

        queue.deliver(List.of(10, 20, 30));

        runAll();
        assertThat(heard).containsExactly(MOST - 1 + 60);
    }

    @Test
    void thatAreCalledForLongHaveALineInTheLog() {
        ListenerQueue<Integer> queue = queue(event -> {
            time.ring(Duration.ofSeconds(9));
            assertThat(warnings()).isEmpty();
            time.ring(Duration.ofSeconds(10));
        });
        queue.deliver(1);

        runAll();

        assertThat(warnings()).containsExactly("A listener's call takes long");
    }

    @Test
    void leaveNoTimerWhenTheyReturnOrThrow() {
        ListenerQueue<Integer> queue = queue(event -> {
            assertThat(time.timers()).isEqualTo(1);
            heard.add(event);
            throw new IllegalStateException("a failure on purpose");
        });
        queue.deliver(1);
        queue.deliver(2);

        runAll();

        assertThat(heard).containsExactly(1, 2);
        assertThat(time.timers()).isZero();
        assertThat(observed).containsExactly("failed", "failed");
    }

    @Test
    void areNotHarmedByAnObserverThatThrows() {
        Instrumentation.Listeners broken = new Instrumentation.Listeners() {
            @Override
            public void overtaken(int skipped) {
                throw new IllegalStateException("a failure on purpose");
            }
        };
        ListenerCalls calls = ListenerCalls.of(threads::add, time, new Instrumentation() {
            @Override
            public Listeners listeners() {
                return broken;
            }
        });
        ListenerQueue<Integer> queue = new ListenerQueue<>(calls, new SummingTarget(heard::add), () -> {});

        deliver(queue, MOST + 1);
        runAll();

        assertThat(heard).containsExactly(MOST + 1);
    }

    @Test
    void retainNothingOnceTheirWatchIsClosed() {
        ListenerQueue<Integer> queue = queue(heard::add);
        deliver(queue, 2 * MOST);

        queue.close();
        queue.deliver(1);

        assertThat(queue.waiting()).isZero();
        runAll();
        assertThat(heard).isEmpty();
    }

    @Test
    void hearWhatTheExecutorRefusedWithTheNextEvent() {
        AtomicReference<Boolean> refuses = new AtomicReference<>(true);
        ListenerCalls calls = new ListenerCalls(
                task -> {
                    if (refuses.get()) {
                        throw new RejectedExecutionException("a refusal on purpose");
                    }
                    task.run();
                },
                time,
                Instrumentation.Listeners.NONE);
        ListenerQueue<Integer> queue = new ListenerQueue<>(calls, new SummingTarget(heard::add), () -> {});
        queue.deliver(1);
        assertThat(heard).isEmpty();

        refuses.set(false);
        queue.deliver(2);

        assertThat(heard).containsExactly(1, 2);
    }
}
