package io.coordination.store.mirror;

/**
 * Hears how a mirror changes. Calls never overlap and come in order, on a thread of the engine: they must not block and
 * must not call user code.
 */
public interface MirrorListener {

    /** The state from which the following changes start: the first call, once, when the mirror has been read. */
    void onSnapshot(MirrorState state);

    /** The next step. */
    void onChange(MirrorChange change);
}
