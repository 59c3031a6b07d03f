package io.coordination.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HandoverTest {

    private final ManualTime clock = new ManualTime();
    private final Deque<Runnable> elsewhere = new ArrayDeque<>();
    private final Handover handover = new Handover(clock, elsewhere::add);
    private final List<String> heard = new ArrayList<>();

    private Runnable call(String name) {
        return () -> heard.add(name);
    }

    private void callOneThatTakes(Duration duration) {
        handover.call(() -> clock.advance(duration));
    }

    @Test
    void aQuickListenerIsCalledWhereTheNewsComes() {
        callOneThatTakes(Handover.SLOW);
        handover.call(call("a"));

        assertThat(heard).containsExactly("a");
        assertThat(elsewhere).isEmpty();
    }

    @Test
    void aSlowListenerIsCalledElsewhereInOrder() {
        callOneThatTakes(Handover.SLOW.plusMillis(1));
        handover.call(call("a"));
        assertThat(handover.call(1, 1, call("b"))).isTrue();

        assertThat(heard).isEmpty();
        assertThat(elsewhere).hasSize(1);
        elsewhere.remove().run();
        assertThat(heard).containsExactly("a", "b");
    }

    @Test
    void aListenerThatIsQuickAgainIsCalledWhereTheNewsComes() {
        callOneThatTakes(Handover.SLOW.plusMillis(1));
        for (int i = 0; i < 100; i++) {
            handover.call(call("elsewhere"));
            elsewhere.remove().run();
        }
        heard.clear();

        handover.call(call("here"));

        assertThat(heard).containsExactly("here");
    }

    @Test
    void tooManyEventsAreNotTaken() {
        callOneThatTakes(Handover.SLOW.plusMillis(1));

        assertThat(handover.call(Handover.MOST_EVENTS, 1, call("a"))).isTrue();
        assertThat(handover.call(1, 1, call("b"))).isFalse();
        elsewhere.remove().run();
        assertThat(handover.call(1, 1, call("c"))).isTrue();
        elsewhere.remove().run();

        assertThat(heard).containsExactly("a", "c");
    }

    @Test
    void tooManyBytesAreNotTaken() {
        callOneThatTakes(Handover.SLOW.plusMillis(1));

        assertThat(handover.call(1, Handover.MOST_BYTES, call("a"))).isTrue();
        assertThat(handover.call(1, 1, call("b"))).isFalse();
    }

    @Test
    void oneRevisionOfAnySizeIsTakenWhenNothingWaits() {
        assertThat(handover.call(Handover.MOST_EVENTS + 1, Handover.MOST_BYTES + 1, call("a")))
                .isTrue();
        assertThat(heard).containsExactly("a");
    }
}
