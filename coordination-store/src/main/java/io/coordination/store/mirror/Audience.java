package io.coordination.store.mirror;

import io.coordination.store.Isolated;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The listeners of a mirror; one that throws harms no other. Confined to the executor of the mirror. */
final class Audience {

    private final List<MirrorListener> listeners = new ArrayList<>();

    /** Adds a listener, which hears the state at once if there is one. */
    void add(MirrorListener listener, MirrorState state) {
        listeners.add(listener);
        if (state.isRead()) {
            tell(listener, heard -> heard.onSnapshot(state));
        }
    }

    void remove(MirrorListener listener) {
        listeners.remove(listener);
    }

    void begins(MirrorState state) {
        listeners.forEach(listener -> tell(listener, heard -> heard.onSnapshot(state)));
    }

    void changed(MirrorChange change) {
        listeners.forEach(listener -> tell(listener, heard -> heard.onChange(change)));
    }

    void close() {
        listeners.clear();
    }

    private static void tell(MirrorListener listener, Consumer<MirrorListener> call) {
        Isolated.run("A listener of a mirror failed", () -> call.accept(listener));
    }
}
