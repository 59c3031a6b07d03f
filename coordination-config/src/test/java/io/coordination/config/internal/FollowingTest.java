package io.coordination.config.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.Instrumentation;
import io.coordination.Watch;
import io.coordination.store.ListenerCalls;
import io.coordination.store.mirror.Mirror;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FollowingTest {

    private final ConfigRig rig = new ConfigRig();
    private final Calls calls = new Calls(rig.time, ConfigRig.TIMEOUT);
    private final Mirror mirror = Mirror.open(rig.memory, rig.time, rig.keys.configPrefix());
    private final List<String> steps = new ArrayList<>();

    private Watch follow() {
        return Following.begin(
                new Steps(), mirror, calls, ListenerCalls.of(rig.callbacks, rig.time, Instrumentation.NONE));
    }

    private final class Steps implements Following.Topic<Long> {
        @Override
        public String subject() {
            return "steps";
        }

        @Override
        public Long first(MirrorState state) {
            steps.add("first");
            return state.revision();
        }

        @Override
        public Optional<Long> next(MirrorChange change, MirrorState after) {
            steps.add("next");
            assertThat(after.revision()).isEqualTo(change.revision());
            return change.changes().get(0).key().endsWith("/a") ? Optional.of(change.revision()) : Optional.empty();
        }

        @Override
        public Class<?> listenerClass() {
            return Steps.class;
        }

        @Override
        public Long merge(Long earlier, Long later) {
            return later;
        }

        @Override
        public void tell(Long seen) {
            steps.add("tell");
        }
    }

    @Test
    void picksOnTheWayAndTellsOnTheCallbackExecutor() {
        follow();
        rig.other.set("a", 1);
        assertThat(steps).containsExactly("first", "next");
        rig.callbacks.runAll();
        assertThat(steps).containsExactly("first", "next", "tell", "tell");
    }

    @Test
    void whatDoesNotConcernTheListenerIsNotTold() {
        follow();
        rig.other.set("b", 1);
        rig.callbacks.runAll();
        assertThat(steps).containsExactly("first", "next", "tell");
    }

    @Test
    void aClosedWatchLeavesTheMirror() {
        follow().close();
        steps.clear();
        rig.other.set("a", 1);
        assertThat(steps).isEmpty();
    }

    @Test
    void aWatchThatBeginsWhenAllIsClosedIsClosed() {
        calls.close();
        Watch watch = follow();
        assertThat(watch.isClosed()).isTrue();
        steps.clear();
        rig.other.set("a", 1);
        rig.callbacks.runAll();
        assertThat(steps).isEmpty();
    }
}
