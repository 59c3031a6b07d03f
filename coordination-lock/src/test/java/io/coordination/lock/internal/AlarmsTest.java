package io.coordination.lock.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlarmsTest {

    private final ManualTime time = new ManualTime();
    private final Alarms alarms = new Alarms(time);
    private final List<String> rung = new ArrayList<>();
    private final long start = time.nanoTime();

    private final class Bell extends Alarms.Alarm {
        private final String name;
        private Runnable then = () -> {};

        Bell(String name) {
            this.name = name;
        }

        Bell in(Duration delay) {
            alarms.set(this, time.nanoTime() + delay.toNanos());
            return this;
        }

        @Override
        void ring() {
            rung.add(name + "@" + Duration.ofNanos(time.nanoTime() - start).toMillis());
            then.run();
        }
    }

    @Test
    void ringInTheOrderOfTheirTimesOnOneTimer() {
        new Bell("late").in(Duration.ofMinutes(5));
        new Bell("early").in(Duration.ofSeconds(1));
        new Bell("middle").in(Duration.ofSeconds(30));
        assertThat(time.pendingTasks()).isEqualTo(1);
        time.advance(Duration.ofMinutes(10));
        assertThat(rung).containsExactly("early@1000", "middle@30000", "late@300000");
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void ofTheSameTimeRingInTheOrderInWhichTheyWereSet() {
        new Bell("first").in(Duration.ofSeconds(1));
        new Bell("second").in(Duration.ofSeconds(1));
        time.advance(Duration.ofSeconds(1));
        assertThat(rung).containsExactly("first@1000", "second@1000");
    }

    @Test
    void ringOnceAtTheTimeThatWasSetLast() {
        Bell bell = new Bell("moved").in(Duration.ofSeconds(1));
        bell.in(Duration.ofSeconds(3));
        time.advance(Duration.ofSeconds(10));
        assertThat(rung).containsExactly("moved@3000");
    }

    @Test
    void doNotRingOnceCleared() {
        Bell bell = new Bell("cleared").in(Duration.ofSeconds(1));
        alarms.clear(bell);
        alarms.clear(bell);
        assertThat(time.pendingTasks()).isZero();
        time.advance(Duration.ofSeconds(10));
        assertThat(rung).isEmpty();
    }

    @Test
    void mayBeSetWhileTheyRing() {
        Bell bell = new Bell("again").in(Duration.ofSeconds(1));
        bell.then = () -> bell.in(Duration.ofSeconds(2));
        time.advance(Duration.ofSeconds(6));
        assertThat(rung).containsExactly("again@1000", "again@3000", "again@5000");
    }

    @Test
    void thatAreCloseToEachOtherRingTogether() {
        for (int i = 0; i < 1_000; i++) {
            new Bell("bell").in(Duration.ofNanos(1_000_000L + i * 100_000L));
        }
        int turns = 0;
        while (time.advanceToNextTask().isPresent()) {
            turns++;
        }
        assertThat(rung).hasSize(1_000);
        assertThat(turns).as("a hundred milliseconds, a hundred turns a second").isBetween(10, 12);
    }

    @Test
    void goOnWhenOneFails() {
        new Bell("bad").in(Duration.ofSeconds(1)).then = () -> {
            throw new IllegalStateException("because a test wants it so");
        };
        new Bell("good").in(Duration.ofSeconds(1));
        try {
            time.advance(Duration.ofSeconds(1));
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessageContaining("test");
        }
        time.advance(Duration.ofSeconds(1));
        assertThat(rung).containsExactly("bad@1000", "good@1010");
    }
}
