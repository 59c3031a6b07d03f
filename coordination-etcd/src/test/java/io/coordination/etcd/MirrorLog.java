package io.coordination.etcd;

import io.coordination.store.mirror.MirrorChange;
import io.coordination.store.mirror.MirrorListener;
import io.coordination.store.mirror.MirrorState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps the steps of a mirror. */
final class MirrorLog implements MirrorListener {

    private final List<MirrorChange> changes = new CopyOnWriteArrayList<>();

    @Override
    public void onSnapshot(MirrorState state) {
        // tests look at the steps behind it
    }

    @Override
    public void onChange(MirrorChange change) {
        changes.add(change);
    }

    List<MirrorChange> changes() {
        return changes;
    }

    /** All changes as {@code +key}, {@code -key} and {@code ~key}, step by step in order of the keys. */
    List<String> words() {
        return changes.stream()
                .flatMap(change -> change.changes().stream()
                        .map(one -> (one.before().isEmpty() ? "+" : one.after().isEmpty() ? "-" : "~") + one.key())
                        .sorted())
                .toList();
    }
}
