package io.coordination.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordination.store.KeyValue;
import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hears a mirror, writes down what it hears as lines such as {@code 5 a:1>2 b:->1}, and checks on the way that each change
 * fits to what it heard before.
 */
final class MirrorRecorder implements MirrorListener {

    private final String prefix;
    private final List<String> lines = new ArrayList<>();
    private final List<String> breaches = new CopyOnWriteArrayList<>();
    private final Map<String, KeyValue> replayed = new HashMap<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private boolean started;

    MirrorRecorder(String prefix) {
        this.prefix = prefix;
    }

    List<String> lines() {
        assertThat(breaches).isEmpty();
        return List.copyOf(lines);
    }

    /** The state that follows from what it heard. */
    Map<String, KeyValue> replayed() {
        assertThat(breaches).isEmpty();
        return Map.copyOf(replayed);
    }

    @Override
    public void onSnapshot(MirrorState state) {
        alone(() -> {
            assertThat(started).as("a second snapshot").isFalse();
            started = true;
            replayed.putAll(state.entries());
            lines.add("snapshot " + state.revision() + " "
                    + state.entries().keySet().stream().map(this::name).sorted().toList());
        });
    }

    @Override
    public void onChange(MirrorChange change) {
        alone(() -> {
            assertThat(started).as("a change before the snapshot").isTrue();
            assertThat(change.changes()).isNotEmpty();
            StringBuilder line = new StringBuilder((change.resync() ? "resync " : "") + change.revision());
            change.changes().forEach(one -> line.append(' ').append(apply(one)));
            lines.add(line.toString());
        });
    }

    private String apply(MirrorChange.Change one) {
        assertThat(one.before()).as("%s before", one.key()).isEqualTo(Optional.ofNullable(replayed.get(one.key())));
        assertThat(one.before()).as("%s must differ", one.key()).isNotEqualTo(one.after());
        one.after().ifPresentOrElse(now -> replayed.put(one.key(), now), () -> replayed.remove(one.key()));
        return name(one.key()) + ":" + text(one.before()) + ">" + text(one.after());
    }

    private String name(String key) {
        return key.substring(prefix.length());
    }

    private static String text(Optional<KeyValue> entry) {
        return entry.map(found -> found.value().utf8()).orElse("-");
    }

    /** The mirror catches what a listener throws, so failures wait here for whoever looks at the result. */
    private void alone(Runnable call) {
        try {
            assertThat(busy.compareAndSet(false, true))
                    .as("nobody else is told")
                    .isTrue();
            call.run();
            busy.set(false);
        } catch (AssertionError breach) {
            breaches.add(breach.getMessage());
        }
    }
}
